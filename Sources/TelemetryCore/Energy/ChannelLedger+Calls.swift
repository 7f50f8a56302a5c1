// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A call between its start and its end.
struct ActiveCall: Sendable {
    /// Where the call stands.
    enum State: Sendable {
        /// All slots are taken; the call weighs nothing.
        case waiting
        /// The call shares, by a weight, since two virtual times.
        case sharing(weight: UInt64, dynamicSince: UInt128, idleSince: UInt128)
    }

    var state = State.waiting
    /// The weight of the phase that it is in.
    var weight: LedgerWeight
    var queue: LedgerQueue?
    /// The first phase, once it is over.
    var first: PhaseShare?
    /// The phase that it is in, as far as it was paid.
    var present = PhaseShare()
    var knowsIdle: Bool
    var wasMeasured: Bool
    var gapCount: Int
    /// The moment from which the most active calls are asked for; nothing while it waits.
    var moment: Int?
}

/// The calls of one upstream that has slots.
struct WaitingLine: Sendable {
    private(set) var active = 0
    private var waiting: [LedgerCallID] = []
    private var head = 0
    /// Those that were let in, the last on top; some have had their first token since, or are over.
    private var admitted: [LedgerCallID] = []

    /// A call is let in; those for which no doubt is left are forgotten now and then.
    mutating func admit(_ call: LedgerCallID, isDoubtful: (LedgerCallID) -> Bool) {
        active += 1
        if admitted.count > 2 * active + 8 { admitted.removeAll { !isDoubtful($0) } }
        admitted.append(call)
    }

    /// A call gives its place back.
    mutating func leave() {
        active -= 1
    }

    /// The last call that was let in and has not proven that it runs; it waits again, before all others.
    mutating func turnBack(where isDoubtful: (LedgerCallID) -> Bool) -> LedgerCallID? {
        while let last = admitted.popLast() {
            guard isDoubtful(last) else { continue }
            active -= 1
            if head > 0 {
                head -= 1
                waiting[head] = last
            } else {
                waiting.insert(last, at: 0)
            }
            return last
        }
        return nil
    }

    mutating func enqueue(_ call: LedgerCallID) {
        waiting.append(call)
    }

    mutating func dequeue() -> LedgerCallID? {
        guard head < waiting.count else { return nil }
        defer {
            head += 1
            if head == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                head = 0
            }
        }
        return waiting[head]
    }
}

/// Starts, first tokens and ends, each in constant time.
extension ChannelLedger {
    mutating func apply(_ event: LedgerEvent, isMeasured: Bool, gapCount: Int? = nil) {
        switch event.kind {
        case .start(let weight, let queue):
            begin(event.call, weight: weight, queue: queue, isMeasured: isMeasured, gapCount: gapCount ?? self.gapCount)
        case .firstToken(let weight): changePhase(event.call, weight: weight)
        case .end: end(event.call)
        }
    }

    private mutating func begin(
        _ id: LedgerCallID,
        weight: LedgerWeight,
        queue: LedgerQueue?,
        isMeasured: Bool,
        gapCount: Int
    ) {
        guard calls[id] == nil else { return }
        var call = ActiveCall(
            weight: weight,
            queue: queue,
            knowsIdle: idlePower.nanowatts != nil,
            wasMeasured: isMeasured,
            gapCount: gapCount
        )
        if let queue, queues[queue.number, default: WaitingLine()].active >= queue.slots {
            queues[queue.number, default: WaitingLine()].enqueue(id)
        } else {
            activate(&call, id: id)
        }
        calls[id] = call
    }

    private mutating func activate(_ call: inout ActiveCall, id: LedgerCallID) {
        if let queue = call.queue {
            queues[queue.number, default: WaitingLine()].admit(id) { [calls] in Self.isDoubtful(calls[$0]) }
        }
        let weight = UInt64(call.weight.units)
        call.state = .sharing(
            weight: weight,
            dynamicSince: dynamicTime.enter(weight),
            idleSince: idleTime.enter(1)
        )
        let moment = sharing.record(activeCount)
        call.moment = call.moment ?? moment
    }

    /// Whether a call is held to run without having proven it by a token.
    private static func isDoubtful(_ call: ActiveCall?) -> Bool {
        guard let call, call.first == nil, case .sharing = call.state else { return false }
        return true
    }

    /// Who was let in last and has shown nothing must have been let in wrongly: an engine need not keep to the order
    /// in which calls were sent.
    private mutating func makeRoom(in queue: LedgerQueue) {
        guard let line = queues[queue.number], line.active >= queue.slots,
            let other = queues[queue.number]?.turnBack(where: { [calls] in Self.isDoubtful(calls[$0]) }),
            var call = calls[other]
        else { return }
        settlePhase(&call)
        call.state = .waiting
        calls[other] = call
    }

    private mutating func changePhase(_ id: LedgerCallID, weight: LedgerWeight) {
        guard var call = calls[id], call.first == nil else { return }
        settlePhase(&call)
        call.first = call.present
        call.present = PhaseShare()
        call.weight = weight
        if case .sharing = call.state {
            let units = UInt64(weight.units)
            call.state = .sharing(
                weight: units,
                dynamicSince: dynamicTime.enter(units),
                idleSince: idleTime.enter(1)
            )
        } else {
            // A token is proof that the engine works on the call, whatever the slots say.
            if let queue = call.queue { makeRoom(in: queue) }
            activate(&call, id: id)
        }
        calls[id] = call
    }

    private mutating func end(_ id: LedgerCallID) {
        guard var call = calls.removeValue(forKey: id) else { return }
        settlePhase(&call)
        settled.append(share(of: call, id: id))
        guard case .sharing = call.state else { return }
        if let queue = call.queue { promote(in: queue) }
        _ = sharing.record(activeCount)
    }

    private mutating func promote(in queue: LedgerQueue) {
        queues[queue.number]?.leave()
        while (queues[queue.number]?.active ?? 0) < queue.slots, let next = queues[queue.number]?.dequeue() {
            guard var call = calls[next], case .waiting = call.state else { continue }
            activate(&call, id: next)
            calls[next] = call
        }
    }

    /// Pays the call for the part of its phase that is over, which is all of it or ends with a wait.
    private mutating func settlePhase(_ call: inout ActiveCall) {
        guard case .sharing(let weight, let dynamicSince, let idleSince) = call.state else {
            if !call.knowsIdle { (call.present.idle, call.present.dynamic) = (nil, nil) }
            return
        }
        let dynamic = dynamicTime.leave(weight, since: dynamicSince)
        let idle = idleTime.leave(1, since: idleSince)
        let idlePart = VirtualTime.nanojoules(idle)
        var part = PhaseShare()
        switch policy {
        case .amortised:
            part.total = VirtualTime.nanojoules(dynamic + idle)
            part.dynamic = part.total - idlePart
        case .excluded:
            part.total = VirtualTime.nanojoules(dynamic)
            part.dynamic = part.total
        }
        part.idle = idlePart
        pay(part)
        call.present = call.present + part
        if !call.knowsIdle { (call.present.idle, call.present.dynamic) = (nil, nil) }
    }

    private func share(of call: ActiveCall, id: LedgerCallID) -> ChannelShare {
        let coverage: ChannelShare.Coverage =
            if !call.wasMeasured { .unmeasured } else if call.gapCount != gapCount {
                .broken(gapReason)
            } else { .whole }
        return ChannelShare(
            call: id,
            coverage: coverage,
            first: call.first ?? call.present,
            second: call.first == nil ? nil : call.present,
            mostActive: call.moment.map { sharing.highest(since: $0) } ?? 0
        )
    }
}
