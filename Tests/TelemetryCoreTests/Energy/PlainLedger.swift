// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One step of a schedule, in plain numbers.
enum PlainStep {
    case tell(PlainEvent)
    /// An interval of known energy up to a time, with the idle power (W) and foreign part that hold in it.
    case publish(time: Int64, nanojoules: UInt64, idleWatts: Double?, foreign: Double)
    /// Nothing measured up to a time, save perhaps the sum.
    case gap(time: Int64, nanojoules: UInt64?)
}

struct PlainEvent {
    enum Kind {
        case start(weight: Double, line: Int?, slots: Int)
        case firstToken(weight: Double)
        case end
    }

    var call: Int
    var time: Int64
    var kind: Kind
}

/// The rule of sharing, written out interval by interval: who is active, by which weight, gets which part.
///
/// It keeps no virtual time, no sums over intervals and no integers, and costs as much as there are calls.
struct PlainLedger {
    struct Call {
        var phases: [(dynamic: Double, idle: Double)] = [(0, 0)]
        var weight: Double
        var line: Int?
        var isWaiting: Bool
        var isOver = false
        var mostActive = 0
        var isWhole: Bool
        var knowsIdle: Bool
    }

    let amortises: Bool
    var calls: [Int: Call] = [:]
    var order: [Int] = []
    var pending: [PlainEvent] = []
    var knot: Int64 = 0
    var idle = 0.0
    var foreign = 0.0
    var gap = 0.0
    var measured = 0.0
    private var knownIdle: Double?

    init(amortises: Bool) {
        self.amortises = amortises
    }

    mutating func take(_ step: PlainStep) {
        switch step {
        case .tell(let event): pending.append(event)
        case .gap(let time, let nanojoules):
            measured += Double(nanojoules ?? 0)
            gap += Double(nanojoules ?? 0)
            for call in calls.keys where !calls[call]!.isOver { calls[call]!.isWhole = false }
            for event in due(through: time) { apply(event, isMeasured: false) }
            knot = max(knot, time)
        case .publish(let time, let nanojoules, let idleWatts, let foreignPart):
            publish(until: time, nanojoules: Double(nanojoules), idleWatts: idleWatts, foreignPart: foreignPart)
        }
    }

    private mutating func publish(until time: Int64, nanojoules: Double, idleWatts: Double?, foreignPart: Double) {
        measured += nanojoules
        knownIdle = idleWatts
        let length = Double(time - knot)
        let idleEnergy = idleWatts.map { min(($0 * length).rounded(.down), nanojoules) } ?? 0
        let others = ((nanojoules - idleEnergy) * foreignPart).rounded(.down)
        foreign += others
        let dynamic = nanojoules - idleEnergy - others
        var position = knot
        for event in due(through: time) {
            let here = max(event.time, knot)
            share(part: Double(here - position) / length, dynamic: dynamic, idle: idleEnergy)
            position = here
            apply(event, isMeasured: true)
        }
        share(part: Double(time - position) / length, dynamic: dynamic, idle: idleEnergy)
        knot = time
    }

    private mutating func share(part: Double, dynamic: Double, idle idleEnergy: Double) {
        let active = order.filter { !calls[$0]!.isOver && !calls[$0]!.isWaiting }
        guard !active.isEmpty else {
            idle += (dynamic + idleEnergy) * part
            return
        }
        let weights = active.reduce(0) { $0 + calls[$1]!.weight }
        for call in active {
            let last = calls[call]!.phases.count - 1
            calls[call]!.phases[last].dynamic += dynamic * part * calls[call]!.weight / weights
            calls[call]!.phases[last].idle += idleEnergy * part / Double(active.count)
        }
        if !amortises { idle += idleEnergy * part }
    }

    private mutating func due(through time: Int64) -> [PlainEvent] {
        let due = pending.filter { $0.time <= time }
        pending.removeAll { $0.time <= time }
        let ordered = due.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        return ordered.map(\.element)
    }

    private mutating func apply(_ event: PlainEvent, isMeasured: Bool) {
        switch event.kind {
        case .start(let weight, let line, let slots):
            let taken = calls.values.filter { $0.line == line && !$0.isOver && !$0.isWaiting }.count
            calls[event.call] = Call(
                weight: weight,
                line: line,
                isWaiting: line != nil && taken >= slots,
                isWhole: isMeasured,
                knowsIdle: knownIdle != nil
            )
            order.append(event.call)
            lineSlots[line ?? -1] = slots
        case .firstToken(let weight):
            if calls[event.call]!.isWaiting { turnBack(line: calls[event.call]!.line) }
            calls[event.call]!.phases.append((0, 0))
            calls[event.call]!.weight = weight
            calls[event.call]!.isWaiting = false
        case .end:
            calls[event.call]!.isOver = true
            admit(line: calls[event.call]!.line)
        }
        let active = calls.values.filter { !$0.isOver && !$0.isWaiting }.count
        for call in calls.keys where !calls[call]!.isOver {
            // Also of one that was let in and waits again.
            if calls[call]!.isWaiting && calls[call]!.mostActive == 0 { continue }
            calls[call]!.mostActive = max(calls[call]!.mostActive, active)
        }
    }

    /// How often a call that was let in had to wait again.
    private(set) var turnedBack = 0

    /// A token of a call that waits proves that one of those that were let in does not run.
    private mutating func turnBack(line: Int?) {
        guard let line else { return }
        let inside = order.filter { calls[$0]!.line == line && !calls[$0]!.isOver && !calls[$0]!.isWaiting }
        guard inside.count >= lineSlots[line] ?? 1 else { return }
        guard let last = inside.last(where: { calls[$0]!.phases.count == 1 }) else { return }
        calls[last]!.isWaiting = true
        turnedBack += 1
    }

    private var lineSlots: [Int: Int] = [:]

    private mutating func admit(line: Int?) {
        guard let line else { return }
        let slots = lineSlots[line] ?? 1
        for call in order where calls[call]!.line == line && calls[call]!.isWaiting && !calls[call]!.isOver {
            let taken = calls.values.filter { $0.line == line && !$0.isOver && !$0.isWaiting }.count
            if taken < slots { calls[call]!.isWaiting = false }
        }
    }
}
