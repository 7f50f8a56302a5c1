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
    var active = 0
    private var waiting: [LedgerCallID] = []
    private var head = 0

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
            activate(&call)
        }
        calls[id] = call
    }

    private mutating func activate(_ call: inout ActiveCall) {
        if let queue = call.queue { queues[queue.number, default: WaitingLine()].active += 1 }
        let weight = UInt64(call.weight.units)
        call.state = .sharing(
            weight: weight,
            dynamicSince: dynamicTime.enter(weight),
            idleSince: idleTime.enter(1)
        )
        call.moment = sharing.record(activeCount)
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
            activate(&call)
        }
        calls[id] = call
    }

    private mutating func end(_ id: LedgerCallID) {
        guard var call = calls.removeValue(forKey: id) else { return }
        settlePhase(&call)
        settled.append(share(of: call, id: id))
        guard case .sharing = call.state else { return }
        _ = sharing.record(activeCount)
        if let queue = call.queue { promote(in: queue) }
    }

    private mutating func promote(in queue: LedgerQueue) {
        queues[queue.number]?.active -= 1
        while (queues[queue.number]?.active ?? 0) < queue.slots, let next = queues[queue.number]?.dequeue() {
            guard var call = calls[next], case .waiting = call.state else { continue }
            activate(&call)
            calls[next] = call
        }
    }

    /// Pays the call for the phase that it leaves.
    private mutating func settlePhase(_ call: inout ActiveCall) {
        guard case .sharing(let weight, let dynamicSince, let idleSince) = call.state else {
            if !call.knowsIdle { (call.present.idle, call.present.dynamic) = (nil, nil) }
            return
        }
        let dynamic = dynamicTime.leave(weight, since: dynamicSince)
        let idle = idleTime.leave(1, since: idleSince)
        let idlePart = VirtualTime.nanojoules(idle)
        switch policy {
        case .amortised:
            call.present.total = VirtualTime.nanojoules(dynamic + idle)
            call.present.dynamic = call.present.total - idlePart
        case .excluded:
            call.present.total = VirtualTime.nanojoules(dynamic)
            call.present.dynamic = call.present.total
        }
        call.present.idle = idlePart
        if !call.knowsIdle { (call.present.idle, call.present.dynamic) = (nil, nil) }
        pay(call.present)
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
