// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Random schedules: the ledger against the plain rule.
@Suite struct LedgerPropertyTests {
    static let blocks = 16
    /// 102,400 schedules in all; `INFEROMETER_SCHEDULES` multiplies them.
    static var schedulesPerBlock: Int {
        6_400 * (getenv("INFEROMETER_SCHEDULES").flatMap { Int(String(cString: $0)) } ?? 1)
    }

    @Test(arguments: 0..<blocks)
    func randomSchedulesAreSharedByTheRule(_ block: Int) {
        var random = SeededGenerator(seed: UInt64(block) &* 0x1234_5678_9ABC + 1)
        for number in 0..<Self.schedulesPerBlock {
            var run = LedgerRun(random: &random)
            if let fault = run.fault() {
                Issue.record("block \(block), schedule \(number): \(fault)")
                return
            }
        }
    }
}

/// One random schedule, run through both.
struct LedgerRun {
    private var ledger: ChannelLedger
    private var plain: PlainLedger
    private var shares: [ChannelShare] = []
    private var random: SeededGenerator
    private var events: [PlainEvent] = []
    private var now: Int64
    private var fraction: Double?
    private var measured: Int64 = 0
    private var callCount = 0

    init(random: inout SeededGenerator) {
        self.random = SeededGenerator(seed: random.next())
        let amortises = self.random.next() % 3 != 0
        ledger = ChannelLedger(policy: amortises ? .amortised : .excluded)
        plain = PlainLedger(amortises: amortises)
        now = Int64(self.random.next() % 1_000_000_000)
        plain.knot = now
        ledger.start(at: MonotonicInstant(nanoseconds: now))
        if self.random.next() % 2 == 0 { learnIdle() }
        makeCalls(until: now + Int64.random(in: 1...600_000_000, using: &self.random))
    }

    private mutating func learnIdle() {
        let watts = UInt64.random(in: 1...80, using: &random)
        for _ in 0..<7 { publish(length: 1_000_000_000, nanojoules: watts * 1_000_000_000) }
    }

    private mutating func makeCalls(until end: Int64) {
        callCount = Int.random(in: 1...6, using: &random)
        let slots = Int.random(in: 1...3, using: &random)
        for call in 0..<callCount {
            var times = (0..<3).map { _ in Int64.random(in: now...end, using: &random) }.sorted()
            // Some events fall on one instant, as those of one read do.
            if random.next() % 4 == 0 { times[1] = times[0] }
            if random.next() % 8 == 0 { times[2] = times[1] }
            let line = random.next() % 3 == 0 ? 1 : nil
            events.append(
                PlainEvent(call: call, time: times[0], kind: .start(weight: weight(), line: line, slots: slots))
            )
            if random.next() % 3 != 0 {
                events.append(PlainEvent(call: call, time: times[1], kind: .firstToken(weight: weight())))
            }
            events.append(PlainEvent(call: call, time: times[2], kind: .end))
        }
        // A stable sort, so that a call's own events stay in their order.
        events = events.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }

    private mutating func weight() -> Double {
        Double(Int.random(in: 1...32_768, using: &random)) / 1_024
    }

    /// What is wrong, if anything.
    mutating func fault() -> String? {
        while !events.isEmpty || !plain.pending.isEmpty {
            let length = Int64.random(in: 1...120_000_000, using: &random)
            tellEvents(until: now + length)
            step(length: length)
            if let fault = accountFault() { return fault }
        }
        publish(length: 5_000_000, nanojoules: 1_000_003)
        return accountFault() ?? shareFault() ?? sumFault()
    }

    private mutating func tellEvents(until time: Int64) {
        // One in sixteen is told only after the publication that closes its interval: it counts from there.
        while let event = events.first, event.time <= time, random.next() % 16 != 0 {
            events.removeFirst()
            plain.take(.tell(event))
            ledger.tell(event.ledgerEvent)
        }
    }

    private mutating func step(length: Int64) {
        switch random.next() % 16 {
        case 0:
            let known = random.next() % 2 == 0 ? UInt64.random(in: 0...1_000_000, using: &random) : nil
            now += length
            ledger.interrupt(at: MonotonicInstant(nanoseconds: now), reason: "gap")
            ledger.start(at: MonotonicInstant(nanoseconds: now), unseen: known)
            measured += Int64(known ?? 0)
            plain.take(.gap(time: now, nanojoules: known))
        case 1:
            fraction = random.next() % 2 == 0 ? nil : Double(random.next() % 65_537) / 65_536
            ledger.setForeign(fraction: fraction)
            fallthrough
        default:
            let watts = UInt64.random(in: 0...700, using: &random)
            publish(length: length, nanojoules: watts * UInt64(length) + random.next() % 1_000)
        }
        shares += ledger.takeSettled()
    }

    private mutating func publish(length: Int64, nanojoules: UInt64) {
        let idle = ledger.idle?.watts
        now += length
        measured += Int64(nanojoules)
        plain.take(.publish(time: now, nanojoules: nanojoules, idleWatts: idle, foreign: fraction ?? 0))
        ledger.publish(at: MonotonicInstant(nanoseconds: now), nanojoules: nanojoules)
        shares += ledger.takeSettled()
    }
}

/// What must hold.
extension LedgerRun {
    private func accountFault() -> String? {
        let accounts = ledger.accounts()
        if accounts.measured != measured { return "measured \(accounts.measured) of \(measured)" }
        let sum = accounts.attributed + accounts.idle + accounts.foreign + accounts.residual
        if sum != measured { return "accounts \(accounts) sum to \(sum)" }
        let rounding = Double(accounts.residual) - plain.gap
        if rounding < 0 || rounding > Double(plain.calls.values.reduce(1 + plain.turnedBack) { $0 + $1.phases.count }) {
            return "residual \(accounts.residual)"
        }
        return nil
    }

    private func sumFault() -> String? {
        let accounts = ledger.accounts()
        let given = shares.reduce(0) { $0 + $1.whole.total }
        if given != accounts.attributed { return "shares \(given), attributed \(accounts.attributed)" }
        if abs(Double(accounts.idle) - plain.idle) > 1.001 { return "idle \(accounts.idle), not \(plain.idle)" }
        if abs(Double(accounts.foreign) - plain.foreign) > 0.001 { return "foreign \(accounts.foreign)" }
        return nil
    }

    private func shareFault() -> String? {
        if shares.count != callCount { return "\(shares.count) shares of \(callCount) calls" }
        for share in shares {
            guard let call = plain.calls[Int(share.call.number)] else { return "unknown call" }
            let phases = [share.first] + (share.second.map { [$0] } ?? [])
            if phases.count != call.phases.count { return "phases of call \(share.call)" }
            for (phase, truth) in zip(phases, call.phases) {
                if let fault = phaseFault(phase, truth: truth, knowsIdle: call.knowsIdle) {
                    return "call \(share.call.number): \(fault)"
                }
            }
            if (share.coverage == .whole) != call.isWhole { return "coverage of \(share), not \(call.isWhole)" }
            if share.mostActive != call.mostActive { return "most active \(share.mostActive), not \(call.mostActive)" }
        }
        return nil
    }

    private func phaseFault(_ phase: PhaseShare, truth: (dynamic: Double, idle: Double), knowsIdle: Bool) -> String? {
        let total = plain.amortises ? truth.dynamic + truth.idle : truth.dynamic
        // Each part of a phase is rounded down.
        let parts = Double(1 + plain.turnedBack)
        if abs(Double(phase.total) - total) > parts + 0.001 { return "total \(phase.total), not \(total)" }
        guard knowsIdle else { return phase.idle == nil && phase.dynamic == nil ? nil : "idle is not known" }
        if abs(Double(phase.idle ?? -9) - truth.idle) > parts + 0.001 { return "idle \(phase), not \(truth.idle)" }
        if abs(Double(phase.dynamic ?? -9) - truth.dynamic) > parts + 0.001 {
            return "dynamic \(phase), not \(truth.dynamic)"
        }
        return nil
    }
}

extension PlainEvent {
    var ledgerEvent: LedgerEvent {
        let id = LedgerCallID(UInt64(call))
        let instant = MonotonicInstant(nanoseconds: time)
        return switch kind {
        case .start(let weight, let line, let slots):
            LedgerEvent(
                .start(LedgerWeight(weight), line.map { LedgerQueue(number: $0, slots: slots) }),
                of: id,
                at: instant
            )
        case .firstToken(let weight): LedgerEvent(.firstToken(LedgerWeight(weight)), of: id, at: instant)
        case .end: LedgerEvent(.end, of: id, at: instant)
        }
    }
}
