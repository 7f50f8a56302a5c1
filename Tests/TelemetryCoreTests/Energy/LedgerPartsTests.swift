// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// The parts that the ledger is built of.
@Suite struct LedgerPartsTests {
    @Test(
        arguments: [
            (0, 1), (-5, 1), (1.0 / 4_096, 1), (0.5, 512), (1, 1_024), (4_096, 4_194_304), (5_000, 4_194_304),
            (1e300, 4_194_304),
        ] as [(Double, UInt32)]
    )
    func weightsAreHeldInRange(_ value: Double, _ units: UInt32) {
        #expect(LedgerWeight(value).units == units)
    }

    @Test func aWeightThatIsNoNumberCountsAsTheNearest() {
        #expect(LedgerWeight(.nan) == .one)
        #expect(LedgerWeight(.infinity) == LedgerWeight(1e9))
        #expect(LedgerWeight(-.infinity) == LedgerWeight(0))
    }

    /// `min(bytes / 4, 512) / 16`, from 1 to 32.
    @Test(
        arguments: [
            (0, 1.0), (-8, 1), (.min, 1), (64, 1), (65, 65.0 / 64), (128, 2), (1_024, 16), (2_048, 32), (2_049, 32),
            (1_000_000, 32), (.max, 32),
        ] as [(Int, Double)]
    )
    func aPromptWeighsByItsTokens(_ bytes: Int, _ weight: Double) {
        #expect(AttributionWeights().prefill(promptBytes: bytes) == LedgerWeight(weight))
    }

    @Test func promptsNeverWeighLessThanALargerOne() {
        let weights = AttributionWeights()
        var last: UInt32 = 0
        for bytes in stride(from: 0, through: 4_000, by: 7) {
            let units = weights.prefill(promptBytes: bytes).units
            #expect(units >= last)
            last = units
        }
        #expect(weights.decodeWeight == .one)
    }

    @Test func weightsThatArePoorlyChosenStillWeigh() {
        var weights = AttributionWeights()
        (weights.bytesPerToken, weights.promptTokensPerUnit) = (0, 0)
        #expect((1...4_096 * 1_024).contains(weights.prefill(promptBytes: 100).units))
        (weights.bytesPerToken, weights.decode) = (.nan, .nan)
        #expect((1...4_096 * 1_024).contains(weights.prefill(promptBytes: 100).units))
    }

    @Test func aQueueHasASlotAtLeast() {
        #expect(LedgerQueue(number: 1, slots: 0).slots == 1)
        #expect(LedgerQueue(number: 1, slots: .min).slots == 1)
        #expect(LedgerQueue(number: 1, slots: 7).slots == 7)
    }

    /// Energy over an interval is given once, whatever the moments at which it is asked for.
    @Test func evenEnergyIsWholeAtItsEnd() {
        var random = SeededGenerator(seed: 51)
        for _ in 0..<500 {
            let start = Int64.random(in: 0...(1 << 50), using: &random)
            let end = start + Int64.random(in: 0...(1 << 50), using: &random)
            let energy = EvenEnergy(
                nanojoules: random.next() >> UInt64.random(in: 0...63, using: &random),
                from: start,
                to: end
            )
            var last: UInt128 = 0
            for step in 0...10 {
                let used = energy.used(at: start + (end - start) / 10 * Int64(step))
                #expect(used >= last && used <= energy.whole)
                last = used
            }
            #expect(energy.used(at: start - 1) == (start > end ? energy.whole : energy.used(at: start - 1)))
            #expect(energy.used(at: end) == energy.whole && energy.used(at: .max) == energy.whole)
        }
    }

    @Test func anIntervalOfNoLengthGivesAllAtOnce() {
        let energy = EvenEnergy(nanojoules: 7, from: 5, to: 5)
        #expect(energy.used(at: 5) == energy.whole && energy.used(at: 4) == 0)
    }

    /// What is fed in is owed out: by weight, rounded down, the rest carried on.
    @Test func virtualTimeOwesWhatItWasFed() {
        var random = SeededGenerator(seed: 52)
        for _ in 0..<300 {
            var time = VirtualTime()
            let weights = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                UInt64.random(in: 1...4_194_304, using: &random)
            }
            let starts = weights.map { time.enter($0) }
            var fed: UInt128 = 0
            for _ in 0..<5 {
                let energy = UInt128(random.next() >> 20) << 20
                time.feed(energy)
                fed += energy
            }
            let flying = time.inFlight
            let owed = zip(weights, starts).map { time.leave($0, since: $1) }
            #expect(owed.reduce(0, +) == flying)
            #expect(flying <= fed && fed - flying < UInt128(weights.reduce(0, +)))
            #expect(time.weight == 0 && time.inFlight == 0)
            for (weight, part) in zip(weights, owed) where weight == weights[0] { #expect(part == owed[0]) }
        }
    }

    @Test func eventsComeInTheOrderOfTimeAndOfTelling() {
        var random = SeededGenerator(seed: 53)
        var queue = EventQueue<LedgerEvent>()
        var told: [(time: Int64, call: UInt64)] = []
        for number in 0..<3_000 {
            let time = Int64.random(in: 0...200, using: &random)
            told.append((time, UInt64(number)))
            queue.insert(LedgerEvent(.end, of: LedgerCallID(UInt64(number)), at: MonotonicInstant(nanoseconds: time)))
        }
        #expect(!queue.hasEvent(through: -1) && queue.next(through: -1) == nil)
        var seen: [(time: Int64, call: UInt64)] = []
        while let next = queue.next(through: .max) { seen.append((next.time.nanoseconds, next.call.number)) }
        let expected = told.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        #expect(seen.map(\.call) == expected.map(\.element.call))
        #expect(!queue.hasEvent(through: .max))
    }

    /// The most at once since a moment, against a plain list.
    @Test func theMostAtOnceIsThatOfAPlainList() {
        var random = SeededGenerator(seed: 54)
        for _ in 0..<100 {
            var history = ActiveCountHistory()
            var plain: [Int] = []
            var moments: [Int] = []
            for _ in 0..<40 {
                let count = Int.random(in: 1...9, using: &random)
                moments.append(history.record(count))
                plain.append(count)
                let since = Int.random(in: 0..<plain.count, using: &random)
                #expect(history.highest(since: moments[since]) == plain[since...].max())
            }
            #expect(history.highest(since: moments[39] + 1) == 0)
        }
    }

    @Test func idlePowerIsTheMedianOfQuietSpans() throws {
        var estimator = IdlePowerEstimator()
        for second in 0..<12 {
            #expect(estimator.nanowatts == nil)
            // One span in twelve holds work that nobody told of.
            estimator.add(nanojoules: second == 3 ? 500_000_000_000 : 30_000_000_000, nanoseconds: 500_000_000)
        }
        #expect(estimator.nanowatts == 60_000_000_000)
        #expect(estimator.energy(nanoseconds: 1_000_000_000, atMost: .max) == 60_000_000_000)
        #expect(estimator.energy(nanoseconds: 500_000_000, atMost: .max) == 30_000_000_000)
        #expect(estimator.energy(nanoseconds: 1_000_000_000, atMost: 5) == 5)
        #expect(estimator.energy(nanoseconds: 0, atMost: 5) == 0)
        #expect(estimator.energy(nanoseconds: -1, atMost: 5) == 0)
    }

    @Test func quietOfNoLengthTeachesNothing() {
        var estimator = IdlePowerEstimator()
        for _ in 0..<100 { estimator.add(nanojoules: 1_000, nanoseconds: 0) }
        for _ in 0..<100 { estimator.add(nanojoules: 1_000, nanoseconds: -5) }
        #expect(estimator.nanowatts == nil && estimator.energy(nanoseconds: 1, atMost: 1) == nil)
    }

    @Test func aDeviceThatSleepsHasAnIdlePowerOfZeroWhichIsKnown() {
        var estimator = IdlePowerEstimator()
        for _ in 0..<60 { estimator.add(nanojoules: 0, nanoseconds: 100_000_000) }
        #expect(estimator.nanowatts == 0)
        #expect(estimator.energy(nanoseconds: 5, atMost: 100) == 0)
    }

    @Test func phasesAddUpAndUnknownStaysUnknown() {
        var (left, right) = (PhaseShare(), PhaseShare())
        (left.total, left.idle, left.dynamic) = (5, 2, 3)
        (right.total, right.idle, right.dynamic) = (7, nil, nil)
        #expect((left + right).total == 12)
        #expect((left + right).idle == nil && (right + left).dynamic == nil)
        #expect(left + PhaseShare() == left)
        let share = ChannelShare(call: LedgerCallID(1), coverage: .whole, first: left, second: left, mostActive: 1)
        #expect(share.whole == left + left)
    }
}
