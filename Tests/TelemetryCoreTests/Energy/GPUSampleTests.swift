// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@Suite struct GPUSampleTests {
    private func snapshot(_ watts: Double?, device: Int = 0, utilization: Double? = nil) -> GPUSnapshot {
        var snapshot = GPUSnapshot(deviceIndex: device)
        snapshot.power = watts.map(Power.watts)
        snapshot.utilizationPercent = utilization
        return snapshot
    }

    private func times(_ seconds: Double...) -> [MonotonicInstant] {
        seconds.map { MonotonicInstant(nanoseconds: Int64($0 * 1e9)) }
    }

    @Test("Defect 15: a GPU that misses one reading is interpolated; an unsupported temperature costs no power")
    func defect15AMissedReadingIsInterpolated() throws {
        let sample = try GPUSample(
            snapshots: [
                [snapshot(100), snapshot(200, device: 1)], [snapshot(300)],
                [snapshot(500), snapshot(400, device: 1)],
            ],
            times: times(0, 1, 2),
            duration: .seconds(2)
        )
        #expect(sample.energy == .joules(1_200))
        #expect(sample.peakPower == .watts(900))
        #expect(!sample.isPartial && sample.isComplete)
        #expect(sample.meanTemperatureCelsius == nil)
    }

    /// A GPU that was not there at the start is missing from the sum, which says so.
    @Test func aGPUThatComesLateMakesTheSumPartial() throws {
        let sample = try GPUSample(
            snapshots: [
                [snapshot(100)], [snapshot(100), snapshot(100, device: 1)], [snapshot(100), snapshot(100, device: 1)],
            ],
            times: times(0, 1, 2),
            duration: .seconds(2)
        )
        #expect(sample.energy == .joules(300))
        #expect(sample.isPartial)
    }

    @Test func aReadingThatIsNotPowerIsNotZero() throws {
        let sample = try GPUSample(
            snapshots: [[snapshot(nil, utilization: 40)], [snapshot(nil, utilization: 60)]],
            times: times(0, 1),
            duration: .seconds(1)
        )
        #expect(sample.energy == nil && sample.meanPower == nil && sample.peakPower == nil)
        #expect(sample.meanUtilizationPercent == 50 && sample.peakUtilizationPercent == 60)
    }

    @Test func oneReadingHasNoEnergy() throws {
        let sample = try GPUSample(snapshots: [[snapshot(250)]], times: times(0), duration: .seconds(1))
        #expect(sample.energy == nil && sample.meanPower == nil)
        #expect(sample.peakPower == .watts(250) && sample.snapshotCount == 1)
    }

    @Test func readingsAreTakenInTheOrderOfTime() throws {
        let sample = try GPUSample(
            snapshots: [[snapshot(0)], [snapshot(400)], [snapshot(200)]],
            times: times(0, 4, 2),
            duration: .seconds(4)
        )
        #expect(sample.energy == .joules(800))
    }

    @Test func aSpanThatOutlastsTheReadingsIsIncomplete() throws {
        let sample = try GPUSample(
            snapshots: [[snapshot(100)], [snapshot(100)]],
            times: times(0, 1),
            duration: .seconds(2)
        )
        #expect(!sample.isComplete)
        #expect(sample.meanPower == .watts(100))
    }

    @Test func eachReadingNeedsItsTime() {
        #expect(throws: CalculationError.self) {
            try GPUSample(snapshots: [[snapshot(1)]], times: times(0, 1), duration: .seconds(1))
        }
    }
}
