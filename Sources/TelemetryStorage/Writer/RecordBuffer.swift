// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Something for the writer to do, in the order of arrival.
enum WriterEntry: Sendable {
    /// A call's record, and since when it has waited for its energy if it does.
    case record(RecordBox, precision: NumberPrecision, awaitsEnergySince: MonotonicInstant? = nil)
    /// The energy of a call that was recorded without.
    indirect case complete(RecordID, CallEnergy, DeviceUse, CallPrice)
    /// Where energy went, minute by minute.
    case accounts([MinuteAccount])
    /// The power of channels in one second.
    case power([ChannelPower])

    /// Whether it need not be committed soon: a commit each second would keep a disk awake on which nobody calls.
    var isPatient: Bool {
        if case .power = self { true } else { false }
    }

    /// Whether it is a record whose energy is to come.
    var awaitsEnergy: Bool {
        if case .record(_, _, .some) = self { true } else { false }
    }

    /// Whether it is of the machine and not of a call.
    var isOfMachine: Bool {
        switch self {
        case .accounts, .power: true
        case .record, .complete: false
        }
    }
}

/// A record in a place of its own, so that handing it on moves one reference and not a kilobyte and a half.
final class RecordBox: Sendable {
    let record: TelemetryRecord

    init(_ record: consuming TelemetryRecord) {
        self.record = record
    }
}

/// What waits to be committed: a pure value that its owner keeps behind a lock.
struct RecordBuffer: Sendable {
    /// What the owner has to do after an append.
    enum Action: Sendable, Hashable {
        case nothing
        /// Commit when the commit interval has passed.
        case commitLater
        /// Commit some seconds later, if nothing else asks for it before.
        case commitMuchLater
        /// Commit at once.
        case commitNow
        /// Nothing was taken: the buffer is full or closed. True at the first time since something was taken.
        case dropped(isFirst: Bool)
    }

    private let limit: Int
    private let batchSize: Int
    private(set) var entries: [WriterEntry] = []
    /// The number of them that wait for an energy: they fill no batch, since they are better written with it.
    private var awaiting = 0
    /// Taken to be committed and not yet settled; they count towards the limit.
    private(set) var inFlight = 0
    private(set) var isClosed = false
    /// Lost for want of room, or because the store was closed.
    private(set) var dropped = 0
    /// The same of accounts and power.
    private(set) var droppedOfMachine = 0
    private var isDropping = false
    /// Accounts and power that wait or are being committed, at most: they must not take the room of calls.
    private static let limitOfMachine = 1_200
    private var waitingOfMachine = 0
    private var inFlightOfMachine = 0
    private var isDroppingOfMachine = false
    /// Whether a commit is on its way, so that appends need not ask for one.
    private var isScheduled = false
    private var isUrgent = false
    private var isScheduledMuchLater = false
    /// While commits fail, their own retries empty the buffer; appends ask for none.
    private var isFailing = false

    init(limit: Int, batchSize: Int) {
        self.limit = max(1, limit)
        self.batchSize = max(1, batchSize)
        entries.reserveCapacity(min(self.limit, 2 * self.batchSize))
    }

    /// Takes an entry.
    mutating func append(_ entry: consuming WriterEntry) -> Action {
        if entry.isOfMachine { return appendOfMachine(entry) }
        guard !isClosed, entries.count + inFlight < limit else {
            dropped += 1
            defer { isDropping = true }
            return .dropped(isFirst: !isDropping)
        }
        isDropping = false
        if entry.awaitsEnergy { awaiting += 1 }
        entries.append(entry)
        return nextAction()
    }

    private mutating func appendOfMachine(_ entry: WriterEntry) -> Action {
        guard !isClosed, entries.count + inFlight < limit, waitingOfMachine + inFlightOfMachine < Self.limitOfMachine
        else {
            droppedOfMachine += 1
            defer { isDroppingOfMachine = true }
            return .dropped(isFirst: !isDroppingOfMachine)
        }
        isDroppingOfMachine = false
        entries.append(entry)
        waitingOfMachine += 1
        guard entry.isPatient else { return nextAction() }
        if isFailing || isScheduled || isScheduledMuchLater { return .nothing }
        isScheduledMuchLater = true
        return .commitMuchLater
    }

    private mutating func nextAction() -> Action {
        if isFailing { return .nothing }
        let isFull = entries.count - awaiting >= batchSize || entries.count >= largestCount
        if isFull, !isUrgent {
            isUrgent = true
            isScheduled = true
            return .commitNow
        }
        if isScheduled { return .nothing }
        isScheduled = true
        return .commitLater
    }

    /// Gives all entries to be committed.
    mutating func take() -> [WriterEntry] {
        isScheduled = false
        isUrgent = false
        isScheduledMuchLater = false
        guard !entries.isEmpty else { return [] }
        var taken: [WriterEntry] = []
        taken.reserveCapacity(min(limit, 2 * batchSize))
        swap(&taken, &entries)
        awaiting = 0
        inFlight = taken.count
        inFlightOfMachine = waitingOfMachine
        waitingOfMachine = 0
        return taken
    }

    /// Notes that so many of the entries taken are committed.
    mutating func settle(_ count: Int) {
        inFlight -= count
        isFailing = false
        if inFlight == 0 { inFlightOfMachine = 0 }
    }

    /// Takes back what may wait a little longer for its energy, which the owner commits in time; so many of the entries
    /// taken have become part of others.
    mutating func hold(_ held: [WriterEntry], merged: Int) {
        inFlight -= held.count + merged
        guard !held.isEmpty else { return }
        entries.insert(contentsOf: held, at: 0)
        awaiting += held.count
        isScheduled = true
    }

    /// Whether any record waits for its energy.
    var isAwaiting: Bool { awaiting > 0 }

    /// Whether so much waits that it is written without its energy.
    var isLarge: Bool { entries.count >= largestCount }

    private var largestCount: Int { max(batchSize, min(10 * batchSize, limit / 2)) }

    /// Takes back what could not be committed, before what came since; what does not fit is dropped, the newest first.
    mutating func giveBack(_ uncommitted: some Collection<WriterEntry>) {
        isFailing = true
        isScheduled = true
        inFlight = 0
        entries.insert(contentsOf: uncommitted, at: 0)
        for entry in entries.dropFirst(limit) {
            if entry.isOfMachine { droppedOfMachine += 1 } else { dropped += 1 }
        }
        entries.removeLast(max(entries.count - limit, 0))
        awaiting = entries.count(where: \.awaitsEnergy)
        waitingOfMachine = entries.count(where: \.isOfMachine)
        inFlightOfMachine = 0
    }

    /// Takes no more from now on, and returns whether it did before.
    mutating func close() -> Bool {
        defer { isClosed = true }
        return !isClosed
    }

    /// Throws away what waits and returns how many records that were, and how many of accounts and power.
    mutating func discard() -> (records: Int, ofMachine: Int) {
        defer {
            entries.removeAll()
            awaiting = 0
            waitingOfMachine = 0
            // What failed is gone, and its retry finds nothing to commit: what comes now asks for a commit of its own.
            isFailing = false
            isScheduled = false
            isUrgent = false
            isScheduledMuchLater = false
        }
        let records = entries.count { if case .record = $0 { true } else { false } }
        return (records, entries.count(where: \.isOfMachine))
    }
}
