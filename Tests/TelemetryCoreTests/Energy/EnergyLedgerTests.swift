// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// The ledger of a whole machine: which channel is told what, and that each one's accounts close.
@Suite struct EnergyLedgerTests {
    private let card = EnergyChannel.fake(.card)
    private let package = EnergyChannel.fake(.package)

    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64((seconds * 1e9).rounded()))
    }

    private func ledger(_ policy: IdlePolicy = .amortised) -> EnergyLedger {
        var ledger = EnergyLedger(channels: [card, package, card], policy: policy)
        for place in 0..<2 { ledger.take(.started(at: instant(0)), at: place) }
        return ledger
    }

    private func publish(_ ledger: inout EnergyLedger, at seconds: Double, joules: [UInt64]) {
        for (place, amount) in joules.enumerated() {
            ledger.take(.published(at: instant(seconds), nanojoules: amount * 1_000_000_000), at: place)
        }
    }

    private func closes(_ ledger: EnergyLedger) -> Bool {
        ledger.channels.indices.allSatisfy { place in
            let accounts = ledger.accounts(at: place)
            return accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual
        }
    }

    @Test func eachChannelIsThereOnce() {
        let ledger = ledger()
        #expect(ledger.channels == [card, package])
        #expect(ledger.place(of: card) == 0 && ledger.place(of: package) == 1)
        #expect(ledger.place(of: .fake(.dram)) == nil)
        #expect(EnergyLedger(channels: []).channels.isEmpty)
    }

    @Test func aCallIsGivenTheChannelsOfItsEngineAlone() {
        var ledger = ledger()
        let (one, both) = (LedgerCallID(1), LedgerCallID(2))
        ledger.start(one, at: instant(0), places: [0], weight: .one)
        ledger.start(both, at: instant(0), places: [0, 1], weight: .one)
        publish(&ledger, at: 1, joules: [100, 40])
        ledger.end(one, at: instant(1))
        ledger.end(both, at: instant(1))
        publish(&ledger, at: 2, joules: [10, 4])
        let shares = ledger.takeSettled().sorted { ($0.share.call.number, $0.place) < ($1.share.call.number, $1.place) }
        #expect(shares.map(\.place) == [0, 0, 1])
        #expect(shares.map(\.share.whole.total) == [50_000_000_000, 50_000_000_000, 40_000_000_000])
        #expect(closes(ledger) && ledger.takeSettled().isEmpty)
    }

    /// A call that is told twice is the first; its end must reach the channels that its start did.
    @Test func aCallThatStartsTwiceIsTheFirst() {
        var ledger = ledger()
        let call = LedgerCallID(1)
        ledger.start(call, at: instant(0), places: [0], weight: .one)
        ledger.start(call, at: instant(0.5), places: [1], weight: .one)
        publish(&ledger, at: 1, joules: [10, 10])
        ledger.end(call, at: instant(1))
        publish(&ledger, at: 2, joules: [10, 10])
        #expect(ledger[0].activeCount == 0 && ledger[1].activeCount == 0)
        #expect(ledger.takeSettled().map(\.place) == [0])
        #expect(closes(ledger))
    }

    @Test func placesThatAreNotThereAreIgnored() {
        var ledger = ledger()
        let call = LedgerCallID(1)
        ledger.start(call, at: instant(0), places: [-1, 0, 0, 2, 99], weight: .one)
        ledger.take(.published(at: instant(1), nanojoules: 5), at: 99)
        ledger.take(.started(at: instant(1)), at: -1)
        ledger.interrupt(place: 7, at: instant(1), reason: "x")
        ledger.setForeign(fraction: 0.5, place: 7)
        publish(&ledger, at: 1, joules: [10, 10])
        #expect(ledger[0].activeCount == 1)
        ledger.end(call, at: instant(1))
        publish(&ledger, at: 2, joules: [10, 10])
        #expect(ledger.takeSettled().map(\.share.whole.total) == [10_000_000_000])
        #expect(closes(ledger))
    }

    @Test func callsThatNeverStartedEndWithoutATrace() {
        var ledger = ledger()
        ledger.firstToken(of: LedgerCallID(5), at: instant(0.5))
        ledger.end(LedgerCallID(5), at: instant(0.6))
        publish(&ledger, at: 1, joules: [10, 10])
        #expect(ledger.takeSettled().isEmpty && closes(ledger))
        let call = LedgerCallID(1)
        ledger.start(call, at: instant(1), places: [0], weight: .one)
        ledger.end(call, at: instant(1.5))
        ledger.end(call, at: instant(1.6))
        ledger.firstToken(of: call, at: instant(1.7))
        publish(&ledger, at: 2, joules: [10, 10])
        #expect(ledger.takeSettled().count == 1 && ledger[0].activeCount == 0)
    }

    @Test func aCallOfNoTimeIsGivenNothing() throws {
        var ledger = ledger()
        ledger.start(LedgerCallID(1), at: instant(0.5), places: [0], weight: .one)
        ledger.firstToken(of: LedgerCallID(1), at: instant(0.5))
        ledger.end(LedgerCallID(1), at: instant(0.5))
        publish(&ledger, at: 1, joules: [10, 10])
        let share = try #require(ledger.takeSettled().first?.share)
        #expect(share.whole.total == 0 && share.coverage == .whole && share.mostActive == 1)
        #expect(closes(ledger))
    }

    /// A counter that begins anew breaks the calls that ran; those after it are whole again.
    @Test func aResetStrikesTheCallsThatRan() throws {
        var ledger = ledger()
        ledger.start(LedgerCallID(1), at: instant(0.5), places: [0], weight: .one)
        publish(&ledger, at: 1, joules: [10, 0])
        ledger.take(.gap(until: instant(2), nanojoules: nil, reason: "reset"), at: 0)
        ledger.start(LedgerCallID(2), at: instant(2.5), places: [0], weight: .one)
        ledger.end(LedgerCallID(1), at: instant(2.5))
        publish(&ledger, at: 3, joules: [10, 0])
        ledger.end(LedgerCallID(2), at: instant(3.5))
        publish(&ledger, at: 4, joules: [10, 0])
        let shares = ledger.takeSettled().map(\.share)
        #expect(shares.map(\.call.number) == [1, 2])
        #expect(shares.first?.coverage == .broken("reset"))
        #expect(shares.last?.coverage == .whole)
        #expect(shares.last?.whole.total == 10_000_000_000)
        let accounts = ledger.accounts(at: 0)
        #expect(accounts.gapNanoseconds == 0 || accounts.gapNanoseconds == 1_000_000_000)
        #expect(closes(ledger))
    }

    @Test func energyOfAGapIsResidualAndNobodys() {
        var ledger = ledger()
        ledger.start(LedgerCallID(1), at: instant(0), places: [0], weight: .one)
        ledger.take(.gap(until: instant(6), nanojoules: 600_000_000_000, reason: "no reading"), at: 0)
        ledger.end(LedgerCallID(1), at: instant(6))
        publish(&ledger, at: 7, joules: [1, 0])
        let accounts = ledger.accounts(at: 0)
        #expect(accounts.measured == 601_000_000_000)
        #expect(accounts.residual == 600_000_000_000)
        #expect(ledger.takeSettled().first?.share.coverage == .broken("no reading"))
        #expect(closes(ledger))
    }

    @Test func aFailedReadingChangesNothing() {
        var ledger = ledger()
        publish(&ledger, at: 1, joules: [3, 3])
        let before = ledger.accounts(at: 0)
        ledger.take(.failed(SensorFailure(.lost, "x")), at: 0)
        #expect(ledger.accounts(at: 0) == before)
    }

    @Test(arguments: [
        (0.0, Int64(0)), (0.25, 2_500_000_000), (1, 10_000_000_000), (5, 10_000_000_000), (-1, 0),
        (.infinity, 10_000_000_000),
    ])
    func foreignWorkIsItsPartHeldBetweenNoneAndAll(_ fraction: Double, _ foreign: Int64) {
        var ledger = ledger()
        ledger.setForeign(fraction: fraction, place: 0)
        ledger.start(LedgerCallID(1), at: instant(0), places: [0], weight: .one)
        publish(&ledger, at: 1, joules: [10, 0])
        #expect(ledger.accounts(at: 0).foreign == foreign)
        #expect(ledger.accounts(at: 0).isForeignKnown)
        #expect(closes(ledger))
    }

    /// Law 1: what nobody knows is no zero.
    @Test(arguments: [nil, Double.nan] as [Double?])
    func foreignWorkThatNobodyKnowsIsUnknown(_ fraction: Double?) {
        var ledger = ledger()
        ledger.setForeign(fraction: fraction, place: 0)
        publish(&ledger, at: 1, joules: [10, 0])
        #expect(!ledger.accounts(at: 0).isForeignKnown)
        #expect(closes(ledger))
    }

    /// Random calls, readings and gaps over two channels: at every moment both accounts close, to the nanojoule.
    @Test(arguments: 0..<4, IdlePolicy.allCases)
    func accountsCloseAtEveryMoment(_ seed: Int, _ policy: IdlePolicy) {
        var random = SeededGenerator(seed: UInt64(seed) + 61)
        var ledger = ledger(policy)
        var running: [LedgerCallID] = []
        var settled: [LedgerCallID: Int] = [:]
        var time = 0.0
        for step in 0..<1_500 {
            time += Double.random(in: 0...0.05, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1:
                let call = LedgerCallID(UInt64(step))
                running.append(call)
                let queue = Bool.random(using: &random) ? LedgerQueue(number: 1, slots: 2) : nil
                let weight = LedgerWeight(Double.random(in: 0...40, using: &random))
                ledger.start(call, at: instant(time), places: [0, 1], weight: weight, queue: queue)
            case 2: running.randomElement(using: &random).map { ledger.firstToken(of: $0, at: instant(time)) }
            case 3, 4:
                guard let place = running.indices.randomElement(using: &random) else { break }
                ledger.end(running.remove(at: place), at: instant(time))
            case 5:
                let fraction = [nil, 0, 0.3, 1].randomElement(using: &random) ?? nil
                ledger.setForeign(fraction: fraction, place: 0)
            case 6 where step % 50 == 0:
                ledger.take(.gap(until: instant(time), nanojoules: random.next() >> 30, reason: "x"), at: 0)
            default:
                for place in 0..<2 {
                    ledger.take(.published(at: instant(time), nanojoules: random.next() >> 32), at: place)
                }
            }
            #expect(closes(ledger), "step \(step)")
            for place in 0..<2 {
                let accounts = ledger.accounts(at: place)
                #expect(min(accounts.attributed, accounts.idle, accounts.foreign, accounts.residual) >= 0)
            }
            for found in ledger.takeSettled() { settled[found.share.call, default: 0] += 1 }
        }
        for call in running { ledger.end(call, at: instant(time)) }
        for place in 0..<2 { ledger.take(.published(at: instant(time + 1), nanojoules: 1), at: place) }
        for found in ledger.takeSettled() { settled[found.share.call, default: 0] += 1 }
        #expect(settled.values.allSatisfy { $0 == 2 })
        #expect(ledger[0].activeCount == 0 && ledger[1].activeCount == 0)
    }
}
