// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

@Suite struct ChannelLedgerTests {
    /// A ledger whose device draws what it is told, published every 100 ms.
    struct Hand {
        var ledger: ChannelLedger
        var now = 0.0
        var shares: [LedgerCallID: ChannelShare] = [:]

        init(policy: IdlePolicy = .amortised) {
            ledger = ChannelLedger(policy: policy)
            ledger.start(at: MonotonicInstant(seconds: 0))
        }

        mutating func draw(_ watts: Double, for seconds: Double) {
            for _ in 0..<Int((seconds * 10).rounded()) {
                now += 0.1
                ledger.publish(
                    at: MonotonicInstant(nanoseconds: Int64((now * 1e9).rounded())),
                    nanojoules: UInt64(watts * 1e8)
                )
            }
            for share in ledger.takeSettled() { shares[share.call] = share }
        }

        mutating func start(_ call: UInt64, at time: Double, weight: Double = 1, queue: LedgerQueue? = nil) {
            tell(.start(LedgerWeight(weight), queue), call, time)
        }

        mutating func firstToken(_ call: UInt64, at time: Double, weight: Double = 1) {
            tell(.firstToken(LedgerWeight(weight)), call, time)
        }

        mutating func end(_ call: UInt64, at time: Double) {
            tell(.end, call, time)
        }

        private mutating func tell(_ kind: LedgerEvent.Kind, _ call: UInt64, _ time: Double) {
            ledger.tell(LedgerEvent(kind, of: LedgerCallID(call), at: MonotonicInstant(seconds: time)))
        }

        func joules(_ call: UInt64) -> Double? {
            shares[LedgerCallID(call)].map { Double($0.whole.total) / 1e9 }
        }
    }

    @Test func aCallAloneIsGivenTheCurve() throws {
        var hand = Hand()
        hand.start(1, at: 0.25)
        hand.firstToken(1, at: 0.45)
        hand.end(1, at: 1.05)
        hand.draw(200, for: 2)
        let share = try #require(hand.shares[LedgerCallID(1)])
        #expect(abs(Double(share.first.total) / 1e9 - 40) < 1e-8)
        #expect(abs(Double(try #require(share.second).total) / 1e9 - 120) < 1e-8)
        #expect(share.coverage == .whole)
        #expect(share.mostActive == 1)
    }

    @Test("Defect 5: four calls at once are given the device once, not four times")
    func defect5ConcurrentCallsShareTheDevice() {
        var hand = Hand()
        for call in 1...4 { hand.start(UInt64(call), at: 1) }
        for call in 1...4 { hand.end(UInt64(call), at: 2) }
        hand.draw(154, for: 3)
        for call in 1...4 { #expect(abs((hand.joules(UInt64(call)) ?? 0) - 38.5) < 1e-8) }
        #expect(hand.shares.values.allSatisfy { $0.mostActive == 4 })
    }

    @Test func aCallOfTwiceTheTokensAtTheSamePaceIsGivenMore() throws {
        var hand = Hand()
        hand.start(1, at: 1)
        hand.start(2, at: 1)
        hand.end(1, at: 2)
        hand.end(2, at: 3)
        hand.draw(100, for: 4)
        #expect(abs(try #require(hand.joules(1)) - 50) < 1e-8)
        #expect(abs(try #require(hand.joules(2)) - 150) < 1e-8)
    }

    @Test func idleOfSixtyWattsIsFoundWithinTenSeconds() throws {
        var hand = Hand()
        hand.start(1, at: 0.5)
        hand.end(1, at: 1)
        hand.draw(60, for: 2)
        let early = try #require(hand.shares[LedgerCallID(1)])
        #expect(early.whole.idle == nil && early.whole.dynamic == nil && early.whole.total > 0)
        #expect(hand.ledger.idle == nil)
        hand.draw(60, for: 8)
        #expect(abs(try #require(hand.ledger.idle).watts - 60) < 3)
    }

    @Test(arguments: IdlePolicy.allCases)
    func idleIsSharedOrKeptApart(_ policy: IdlePolicy) throws {
        var hand = Hand(policy: policy)
        hand.draw(60, for: 10)
        for call in [UInt64(1), 2] {
            hand.start(call, at: 11, weight: call == 1 ? 3 : 1)
            hand.end(call, at: 12)
        }
        hand.draw(60, for: 1)
        hand.draw(300, for: 1)
        hand.draw(60, for: 1)
        let heavy = try #require(hand.shares[LedgerCallID(1)]).whole
        #expect(abs(Double(try #require(heavy.dynamic)) / 1e9 - 180) < 1e-6)
        #expect(abs(Double(try #require(heavy.idle)) / 1e9 - 30) < 1e-6)
        #expect(abs(Double(heavy.total) / 1e9 - (policy == .amortised ? 210 : 180)) < 1e-6)
        let accounts = hand.ledger.accounts()
        #expect(abs(Double(accounts.idle) / 1e9 - (policy == .amortised ? 720 : 780)) < 1e-6)
        #expect(accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual)
    }

    /// Short work that nobody told of does not raise the idle power.
    @Test func idleIsNotRaisedByWorkOfOthers() throws {
        var hand = Hand()
        for _ in 0..<8 {
            hand.draw(60, for: 2)
            hand.draw(350, for: 0.5)
        }
        #expect(abs(try #require(hand.ledger.idle).watts - 60) < 3)
    }

    @Test func noMoreCallsThanSlotsAreActive() throws {
        var hand = Hand()
        let queue = LedgerQueue(number: 0, slots: 1)
        hand.start(1, at: 1, queue: queue)
        hand.start(2, at: 1.5, queue: queue)
        hand.start(3, at: 1.6, queue: queue)
        // The third gives up while it waits; it cost nothing.
        hand.end(3, at: 1.8)
        hand.end(1, at: 2)
        hand.end(2, at: 4)
        hand.draw(100, for: 5)
        #expect(abs(try #require(hand.joules(1)) - 100) < 1e-8)
        #expect(abs(try #require(hand.joules(2)) - 200) < 1e-8)
        #expect(hand.joules(3) == 0)
        #expect(hand.shares[LedgerCallID(2)]?.mostActive == 1)
    }

    /// An engine need not keep to the order in which calls were sent: the one that was let in for it waits again.
    @Test func aTokenProvesThatACallDoesNotWait() throws {
        var hand = Hand()
        let queue = LedgerQueue(number: 0, slots: 1)
        hand.start(1, at: 1, queue: queue)
        hand.start(2, at: 1, queue: queue)
        hand.firstToken(2, at: 2)
        hand.end(2, at: 3)
        hand.firstToken(1, at: 3.5)
        hand.end(1, at: 4)
        hand.draw(100, for: 5)
        #expect(abs(try #require(hand.joules(2)) - 100) < 1e-8)
        #expect(abs(try #require(hand.joules(1)) - 200) < 1e-8)
        let share = try #require(hand.shares[LedgerCallID(1)])
        #expect(abs(Double(share.first.total) / 1e9 - 150) < 1e-8)
        #expect(share.mostActive == 1)
    }

    /// The engine gives a slot away before the last byte of the answer has come: nobody is turned back for it.
    @Test func aCallWithATokenIsNotTurnedBack() throws {
        var hand = Hand()
        let queue = LedgerQueue(number: 0, slots: 1)
        hand.start(1, at: 1, queue: queue)
        hand.firstToken(1, at: 1.5)
        hand.start(2, at: 1.6, queue: queue)
        hand.firstToken(2, at: 2)
        hand.end(1, at: 3)
        hand.end(2, at: 3)
        hand.draw(100, for: 4)
        #expect(abs(try #require(hand.joules(1)) - 150) < 1e-8)
        #expect(abs(try #require(hand.joules(2)) - 50) < 1e-8)
    }

    /// Calls that wait again come first, in the order in which they were let in.
    @Test func thoseTurnedBackComeFirst() throws {
        var hand = Hand()
        let queue = LedgerQueue(number: 0, slots: 2)
        for call in UInt64(1)...4 { hand.start(call, at: 1, queue: queue) }
        hand.firstToken(3, at: 2)
        hand.firstToken(4, at: 2)
        hand.end(3, at: 3)
        hand.draw(100, for: 3.5)
        #expect(hand.ledger.calls[LedgerCallID(1)]?.isSharing == true)
        #expect(hand.ledger.calls[LedgerCallID(2)]?.isSharing == false)
        hand.end(4, at: 4)
        for call in [UInt64(1), 2] { hand.end(call, at: 5) }
        hand.draw(100, for: 2.5)
        #expect(abs(try #require(hand.joules(3)) - 50) < 1e-8)
        #expect(abs(try #require(hand.joules(4)) - 100) < 1e-8)
        #expect(abs(try #require(hand.joules(1)) - 150) < 1e-8)
        #expect(abs(try #require(hand.joules(2)) - 100) < 1e-8)
    }

    @Test func foreignWorkIsKeptApart() throws {
        var hand = Hand()
        hand.draw(50, for: 10)
        hand.ledger.setForeign(fraction: 0.25)
        hand.start(1, at: 11)
        hand.end(1, at: 12)
        hand.draw(250, for: 3)
        let share = try #require(hand.shares[LedgerCallID(1)]).whole
        #expect(abs(Double(try #require(share.dynamic)) / 1e9 - 150) < 1e-6)
        let accounts = hand.ledger.accounts()
        #expect(accounts.isForeignKnown)
        #expect(abs(Double(accounts.foreign) / 1e9 - 150) < 1e-6)
    }

    @Test func foreignIsUnknownUntilItIsTold() {
        var hand = Hand()
        hand.draw(50, for: 1)
        #expect(!hand.ledger.accounts().isForeignKnown)
    }

    @Test func gapsAreSaidOfTheCallsThatTheyTouch() throws {
        var hand = Hand()
        hand.start(1, at: 0.2)
        hand.draw(100, for: 1)
        hand.start(2, at: 1.5)
        hand.ledger.interrupt(at: MonotonicInstant(seconds: 2), reason: "reset")
        hand.ledger.start(at: MonotonicInstant(seconds: 2), unseen: 70_000_000_000)
        hand.now = 2
        hand.start(3, at: 2.5)
        for call in [UInt64(1), 2, 3] { hand.end(call, at: 3) }
        hand.draw(100, for: 2)
        #expect(hand.shares[LedgerCallID(1)]?.coverage == .broken("reset"))
        // When it began, the sensor had last been seen well.
        #expect(hand.shares[LedgerCallID(2)]?.coverage == .broken("reset"))
        #expect(hand.shares[LedgerCallID(3)]?.coverage == .whole)
        let accounts = hand.ledger.accounts()
        #expect(accounts.residual >= 70_000_000_000 && accounts.residual < 70_000_000_008)
        #expect(accounts.gapNanoseconds == 1_000_000_000)
    }

    @Test func aCallThatBeginsAfterAChannelWasGivenUpIsUnmeasured() {
        var hand = Hand()
        hand.draw(100, for: 1)
        hand.start(1, at: 1.5)
        hand.end(1, at: 1.7)
        hand.ledger.interrupt(at: MonotonicInstant(seconds: 2), reason: "gone")
        hand.start(2, at: 2.5)
        hand.end(2, at: 3)
        hand.ledger.interrupt(at: MonotonicInstant(seconds: 4), reason: "gone still")
        let shares = hand.ledger.takeSettled()
        #expect(shares.map(\.coverage) == [.broken("gone"), .unmeasured])
        #expect(hand.ledger.lastGap == "gone")
    }

    /// Energy that comes after it was given up on is nobody's.
    @Test func aChannelThatComesBackBeginsAnew() {
        var hand = Hand()
        hand.start(1, at: 0.2)
        hand.draw(100, for: 1)
        hand.end(1, at: 1.5)
        hand.ledger.interrupt(at: MonotonicInstant(seconds: 6), reason: "the sensor does not answer")
        #expect(hand.ledger.takeSettled().first?.coverage == .broken("the sensor does not answer"))
        hand.ledger.publish(at: MonotonicInstant(seconds: 7), nanojoules: 600_000_000_000)
        let accounts = hand.ledger.accounts()
        #expect(accounts.measured == 700_000_000_000)
        #expect(accounts.residual >= 600_000_000_000 && accounts.residual < 600_000_000_003)
    }

    @Test func eventsThatComeTwiceOrForNobodyAreHarmless() {
        var hand = Hand()
        hand.end(9, at: 0.5)
        hand.firstToken(9, at: 0.5)
        hand.start(1, at: 1)
        hand.start(1, at: 1.1)
        hand.firstToken(1, at: 1.2)
        hand.firstToken(1, at: 1.3)
        hand.end(1, at: 2)
        hand.end(1, at: 2.5)
        hand.draw(100, for: 3)
        #expect(hand.shares.count == 1)
        #expect(abs((hand.joules(1) ?? 0) - 100) < 1e-8)
        #expect(hand.ledger.activeCount == 0)
    }

    @Test func weightsGrowWithThePromptUpToAChunk() {
        let weights = AttributionWeights()
        let units = [0, 64, 1_024, 2_048, 1_000_000].map { weights.prefill(promptBytes: $0).units }
        #expect(units == [1_024, 1_024, 16_384, 32_768, 32_768])
        #expect(LedgerWeight(.nan).units == 1_024)
        #expect(LedgerWeight(-5).units == 1)
        #expect(LedgerWeight(1e12).units == 4_096 * 1_024)
    }

    /// A day at a kilowatt, in intervals of a minute, does not overflow.
    @Test func longAndLargeIntervalsStayExact() {
        var ledger = ChannelLedger()
        ledger.start(at: MonotonicInstant(seconds: 0))
        ledger.tell(
            LedgerEvent(.start(LedgerWeight(4_096), nil), of: LedgerCallID(1), at: MonotonicInstant(seconds: 10))
        )
        for hour in 1...24 {
            ledger.publish(at: MonotonicInstant(seconds: Double(hour) * 3_600), nanojoules: 3_600_000_000_000_000)
        }
        ledger.tell(LedgerEvent(.end, of: LedgerCallID(1), at: MonotonicInstant(seconds: 86_401)))
        ledger.publish(at: MonotonicInstant(seconds: 86_500), nanojoules: 100_000_000_000)
        let accounts = ledger.accounts()
        #expect(accounts.measured == 86_400_100_000_000_000)
        #expect(accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual)
        let given = ledger.takeSettled().first?.whole.total ?? 0
        #expect(given == accounts.attributed)
        #expect(abs(Double(given) / 1e9 - 86_390_001) < 1)
    }

    /// Two channels: each has its own accounts, and a call takes part in those that it uses.
    @Test func aLedgerOfSeveralChannelsSharesEach() {
        var ledger = EnergyLedger(channels: [.fake(.card), .fake(.package), .fake(.card)])
        #expect(ledger.channels.count == 2)
        for place in 0..<2 { ledger.take(.started(at: MonotonicInstant(seconds: 0)), at: place) }
        ledger.start(LedgerCallID(1), at: MonotonicInstant(seconds: 1), places: [0, 1, 7], weight: .one)
        ledger.start(LedgerCallID(2), at: MonotonicInstant(seconds: 1), places: [1], weight: .one)
        ledger.end(LedgerCallID(1), at: MonotonicInstant(seconds: 2))
        ledger.end(LedgerCallID(2), at: MonotonicInstant(seconds: 2))
        ledger.take(.published(at: MonotonicInstant(seconds: 4), nanojoules: 400_000_000_000), at: 0)
        ledger.take(.published(at: MonotonicInstant(seconds: 4), nanojoules: 40_000_000_000), at: 1)
        let settled = ledger.takeSettled().sorted {
            ($0.place, $0.share.call.number) < ($1.place, $1.share.call.number)
        }
        #expect(settled.map(\.share.whole.total) == [100_000_000_000, 5_000_000_000, 5_000_000_000])
        #expect(ledger.takeSettled().isEmpty)
    }
}

extension ActiveCall {
    fileprivate var isSharing: Bool {
        if case .sharing = state { true } else { false }
    }
}
