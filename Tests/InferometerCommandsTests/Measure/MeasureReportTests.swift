// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct MeasureReportTests {
    /// Meters that read fake sensors every 20 ms, from 0 s to 6 s; the command runs from 2 s to 5 s.
    private func evidence(
        _ sensors: [EnergySensor],
        watts: [Double],
        isQuietRead: Bool = true,
        spoil: (inout EnergyReading, Int, Double) -> Void = { _, _, _ in }
    ) -> MeasureEvidence {
        var meters = EnergyMeters(sensors: sensors)
        for tick in 0...300 {
            let seconds = Double(tick) * 0.02
            let time = MonotonicInstant(nanoseconds: Int64(tick) * 20_000_000)
            let readings = sensors.enumerated().map { place, sensor in
                var reading = EnergyReading(
                    channel: sensor.channel,
                    value: .count(UInt64(1_000_000 + watts[place] * seconds * 1_000))
                )
                spoil(&reading, place, seconds)
                return reading
            }
            _ = meters.take(readings, from: time, to: time.advanced(by: .microseconds(50)))
        }
        let span = CommandSpan(start: instant(2), end: instant(5), exitCode: 0)
        let peaks = PeakWatch(clock: ManualClock().clock)
        peaks.begin(at: span.start)
        return MeasureEvidence(
            meters,
            over: span,
            quiet: isQuietRead ? instant(0.5)..<instant(1.5) : nil,
            peaks: peaks
        )
    }

    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    private let machine: [EnergySensor] = [
        .fakeCounter(.card), .fakeCounter(.package), .fakeCounter(.dram), .fakeCounter(.psys),
    ]
    private let watts = [300.0, 50, 5, 400]

    private func joules(_ window: EnergyWindow?) -> Double { window?.energy.joules ?? .nan }

    @Test func aTotalCountsEachComponentOnce() {
        let report = MeasureReport(evidence(machine, watts: watts), statuses: [])
        #expect(abs(joules(report.total) - 3 * 355) < 1)
        #expect(abs(joules(report.energy(of: .gpu)) - 900) < 1)
        #expect(abs(joules(report.energy(of: .cpu)) - 150) < 1)
        #expect(abs(joules(report.energy(of: .dram)) - 15) < 1)
        #expect(report.components.count == 4)
        #expect(report.components.filter(\.isCounted).count == 3)
        #expect(abs((report.peakPower?.watts ?? 0) - 355) < 5)
        #expect(report.method == .hardwareCounter && report.reason == nil && report.duration == .seconds(3))
    }

    @Test func idleIsWhatTheQuietMachineDrew() throws {
        let load = evidence([.fakeCounter(.card)], watts: [0]) { reading, _, seconds in
            let counted = 60 * seconds + 240 * max(0, seconds - 2)
            reading.value = .count(UInt64(counted * 1_000))
        }
        let report = MeasureReport(load, statuses: [])
        let idle = try #require(report.idle)
        #expect(abs(idle.idle.joules - 180) < 3)
        #expect(abs(idle.dynamic.joules - 720) < 10)
        #expect(idle.idle + idle.dynamic == report.total?.energy)
        #expect(idle.bound > report.total?.bound ?? .zero)
        #expect(report.idleReason == nil)
    }

    @Test func withoutAQuietSpanNothingIsAboveIdle() {
        let report = MeasureReport(evidence(machine, watts: watts, isQuietRead: false), statuses: [])
        #expect(report.idle == nil && report.idleReason?.contains("--baseline") == true)
        #expect(report.notes.contains { $0.contains("--baseline") })
    }

    @Test func neverMoreIsIdleThanWasUsed() {
        let window = EnergyWindow(energy: .nanojoules(10), bound: .zero, covered: .seconds(1), isComplete: true)
        let quiet = EnergyWindow(energy: .nanojoules(99), bound: .nanojoules(1), covered: .seconds(1), isComplete: true)
        let part = IdlePart(window, quiet: quiet)
        #expect(part.idle == .nanojoules(10) && part.dynamic == .zero)
        #expect(IdlePart.sum([part, nil]) == nil)
        #expect(IdlePart.sum([nil, part]) == nil)
        #expect(IdlePart.sum([]) == nil)
        #expect(IdlePart.sum([part, part])?.idle == .nanojoules(20))
    }

    @Test func whatDiedMidwayTakesTheTotal() {
        let dead = evidence(machine, watts: watts) { reading, place, seconds in
            if place == 2, seconds > 3 { reading.value = .failed(SensorFailure(.lost, "the memory's counter is gone")) }
        }
        let report = MeasureReport(dead, statuses: [])
        #expect(report.total == nil && report.idle == nil && report.peakPower == nil)
        #expect(report.reason?.contains("the memory's counter is gone") == true)
        #expect(report.energy(of: .dram) == nil)
        #expect(abs(joules(report.energy(of: .gpu)) - 900) < 1)
        #expect(report.notes.contains { $0.contains("dram was not measured") })
    }

    @Test func whatNeverWorkedIsAbsentAlone() {
        let without = evidence(machine, watts: watts) { reading, place, _ in
            if place == 0 { reading.value = .failed(SensorFailure(.permissionDenied, "not allowed")) }
        }
        let report = MeasureReport(without, statuses: [])
        #expect(abs(joules(report.total) - 165) < 1)
        #expect(report.energy(of: .gpu) == nil)
        #expect(report.components[0].reason == "not allowed" && report.components[0].wasAbsent)
    }

    @Test func aSensorThatIsThereAndForbiddenIsShown() throws {
        var status = SensorStatus(vendor: .cpuRAPL, name: "intel-rapl:0", works: false)
        status.deviceName = "CPU (RAPL)"
        status.domain = .package
        status.reason = "permission denied"
        let absent = SensorStatus(vendor: .amd, name: "amdgpu", works: false)
        let none = MeasureReport(evidence([], watts: []), statuses: [status, absent])
        #expect(none.reason == "CPU (RAPL) package: permission denied")
        #expect(none.components.count == 1)
        let some = MeasureReport(evidence([.fakeCounter(.card)], watts: [100]), statuses: [status])
        #expect(abs(joules(some.total) - 300) < 1)
        #expect(some.energy(of: .cpu) == nil)
        #expect(some.notes.contains { $0.contains("permission denied") })
        #expect(MeasureReport(evidence([], watts: []), statuses: [absent]).reason == "no sensor")
    }

    @Test func aCounterThatRestsAfterTheCommandIsLevel() {
        let resting = evidence([.fakeCounter(.package)], watts: [50]) { reading, _, seconds in
            if seconds > 4.9 { reading.value = .count(UInt64(1_000_000 + 50 * 4.9 * 1_000)) }
        }
        let report = MeasureReport(resting, statuses: [])
        #expect(abs(joules(report.total) - 145) < 2)
        let stuck = evidence([.fakeCounter(.package)], watts: [50]) { reading, _, seconds in
            if seconds > 0.5 { reading.value = .count(1_025_000) }
        }
        let absent = MeasureReport(stuck, statuses: [])
        #expect(absent.total == nil && absent.reason?.contains("stood still") == true)
    }

    @Test func theObjectHasEveryKeyAndTheTableEveryComponent() throws {
        let kept = Mutex<[UInt8]>([])
        let output = Output(terminal: .none) { bytes in kept.withLock { $0 += bytes } }
        let report = MeasureReport(evidence(machine, watts: watts), statuses: [])
        try output.json(report.json)
        let text = String(decoding: kept.withLock { $0 }, as: UTF8.self)
        for key in [
            "duration_seconds", "exit_code", "energy_joules", "energy_bound_joules", "energy_method", "energy_reason",
            "gpu_energy_joules", "cpu_energy_joules", "dram_energy_joules", "mean_power_watts", "peak_power_watts",
            "components",
        ] {
            #expect(text.contains("\"\(key)\":"))
        }
        kept.withLock { $0 = [] }
        try report.print(to: output)
        let table = String(decoding: kept.withLock { $0 }, as: UTF8.self)
        for word in ["Fake card", "Fake package", "dram", "psys *", "total", "exit code 0", "ABOVE IDLE", "±"] {
            #expect(table.contains(word))
        }
    }

    @Test func thePowerTraceAddsUp() throws {
        let evidence = evidence([.fakeCounter(.package)], watts: [50])
        let text = String(decoding: PowerTrace.csv(evidence, interval: nil), as: UTF8.self)
        let lines = text.split(separator: "\r\n")
        #expect(lines.count == 31)
        #expect(String(lines[0]) + "\r\n" == PowerTrace.header)
        let last = lines[30].split(separator: ",")
        #expect(last[1] == "cpu_rapl" && last[2] == "package-0" && last[3] == "package")
        #expect(abs((Double(last[5]) ?? 0) - 150) < 1)
        #expect(PowerTrace.quoted("a,b\"c") == "\"a,b\"\"c\"")
        #expect(PowerTrace.quoted("plain") == "plain")
        let fine = PowerTrace.csv(evidence, interval: .milliseconds(20))
        #expect(fine.count(where: { $0 == 10 }) == 151)
    }
}
