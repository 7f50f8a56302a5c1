// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What happens to a call that the ledger must know.
public struct LedgerEvent: Sendable, Hashable {
    /// The kinds of events.
    public enum Kind: Sendable, Hashable {
        /// The call was sent; it weighs so much until its first token.
        case start(LedgerWeight, LedgerQueue?)
        /// Its first token came; it weighs so much until its end.
        case firstToken(LedgerWeight)
        /// It is over, whatever its end.
        case end
    }

    /// The call.
    public var call: LedgerCallID
    /// When it happened.
    public var time: MonotonicInstant
    /// What happened.
    public var kind: Kind

    /// Creates an event.
    public init(_ kind: Kind, of call: LedgerCallID, at time: MonotonicInstant) {
        self.call = call
        self.time = time
        self.kind = kind
    }
}

/// Events in the order of time; equal times keep the order in which they were told.
struct EventQueue<Event: Sendable>: Sendable where Event: TimedEvent {
    private var events: [Event] = []
    private var head = 0

    mutating func insert(_ event: Event) {
        events.append(event)
        var place = events.count - 1
        while place > head, events[place - 1].time > event.time {
            events.swapAt(place, place - 1)
            place -= 1
        }
    }

    func hasEvent(through time: Int64) -> Bool {
        head < events.count && events[head].time.nanoseconds <= time
    }

    mutating func next(through time: Int64) -> Event? {
        guard hasEvent(through: time) else { return nil }
        defer { drop() }
        return events[head]
    }

    private mutating func drop() {
        head += 1
        if head == events.count {
            events.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1_024, head * 2 > events.count {
            events.removeFirst(head)
            head = 0
        }
    }
}

/// An event that has a time.
protocol TimedEvent {
    var time: MonotonicInstant { get }
}

extension LedgerEvent: TimedEvent {}

/// The most calls that were active at once since any moment, in a few numbers.
///
/// Of all counts so far, only those can still be a maximum that no later count reached; they fall from first to last.
struct ActiveCountHistory: Sendable {
    private var peaks: [(moment: Int, count: Int)] = []
    private var moment = 0

    /// Takes the number of active calls after a change; returns the moment of it.
    mutating func record(_ count: Int) -> Int {
        moment += 1
        if count == 0 { peaks.removeAll(keepingCapacity: true) }
        while let last = peaks.last, last.count <= count { peaks.removeLast() }
        peaks.append((moment, count))
        return moment
    }

    /// The highest count since a moment, that moment included.
    func highest(since moment: Int) -> Int {
        var (low, high) = (0, peaks.count)
        while low < high {
            let middle = (low + high) / 2
            if peaks[middle].moment < moment { low = middle + 1 } else { high = middle }
        }
        return low < peaks.count ? peaks[low].count : 0
    }
}
