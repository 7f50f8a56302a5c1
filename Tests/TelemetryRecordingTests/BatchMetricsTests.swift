// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

@Suite struct BatchMetricsTests {
    /// Totals divide totals: a call whose energy is unknown is in neither sum.
    @Test func callsOfUnknownEnergyAreInNeitherSum() {
        let requests = [BatchRequest(tokens: 10, energy: .joules(5)), BatchRequest(tokens: 90)]
        let metrics = BatchMetrics(batchID: "b", requests: requests, sample: nil, elapsed: .seconds(2))
        #expect(metrics.energy == .joules(5))
        #expect(metrics.joulesPerToken == 0.5 && metrics.joulesPerRequest == 5)
        #expect(metrics.tokenCount == 100 && metrics.tokensPerSecond == 50)
        #expect(metrics.energyPerRequest == [.joules(5), nil])
    }

    @Test func theMonitorsPowerGoesFirst() {
        var sample = EnergySample()
        sample.energy = .joules(10)
        sample.meanPower = .watts(200)
        let metrics = BatchMetrics(
            batchID: "b",
            requests: [BatchRequest(tokens: 200)],
            sample: sample,
            elapsed: .seconds(1)
        )
        #expect(metrics.meanPower == .watts(200))
        #expect(metrics.joulesPerToken == 0.05)
        #expect(metrics.prefillEnergy == nil)
    }

    @Test func aMonitorThatMeasuredNothingLeavesTheCallsOwn() {
        let metrics = BatchMetrics(
            batchID: "b",
            requests: [BatchRequest(tokens: -3, energy: .joules(1))],
            sample: EnergySample(),
            elapsed: .zero
        )
        #expect(metrics.energy == .joules(1))
        #expect(metrics.tokenCount == 0 && metrics.joulesPerToken == nil)
        #expect(metrics.meanPower == nil && metrics.tokensPerSecond == nil)
    }

    @Test func samplesStandInTheOrderOfTime() {
        var ring = SampleRing(capacity: 4)
        for second in [0, 3, 1, 2, 5, 4, 7, 6] {
            ring.append(TelemetrySample(instant: MonotonicInstant(nanoseconds: Int64(second))))
        }
        let all = ring.samples(
            from: MonotonicInstant(nanoseconds: 0),
            to: MonotonicInstant(nanoseconds: 9)
        )
        #expect(all.map(\.instant.nanoseconds) == [4, 5, 6, 7])
        let some = ring.samples(from: MonotonicInstant(nanoseconds: 5), to: MonotonicInstant(nanoseconds: 6))
        #expect(some.count == 2)
        #expect(ring.samples(from: MonotonicInstant(nanoseconds: 9), to: MonotonicInstant(nanoseconds: 5)).isEmpty)
    }
}
