// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import TelemetryCore
import TelemetryRecording

/// One run of a command between two readings of the sensors.
struct MeasuredRun: Sendable {
    let plan: MeasurePlan
    let environment: [String: String]
    let clock: TelemetryClock

    /// What came of it: the report, and the power trace if it was asked for.
    struct Result: Sendable {
        var report: MeasureReport
        var trace: [UInt8]
    }

    /// Runs the command to its end.
    func run() async throws -> Result {
        let began = clock.instant()
        guard let monitor = await SensorStart.monitor(root: plan.hardwareRoot) else {
            return try await runUnmeasured(reason: "sensors were slow to start")
        }
        // The monitor is not closed: the process ends now, and a driver that hangs must not hold it.
        var configuration = SamplerConfiguration()
        configuration.interval = plan.interval
        let sampler = EnergySampler(
            monitor: monitor,
            configuration: configuration,
            clock: clock,
            logger: ErrorLog.errors()
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await sampler.run() }
            defer { group.cancelAll() }
            let deadline = began.advanced(by: SensorStart.readingPatience)
            await SensorStart.waitForReadings(sampler, clock: clock, until: deadline)
            let (start, end, code) = try await runCommand()
            await SensorStart.waitForSettling(sampler, clock: clock, at: end)
            let meters = sampler.withMeters { $0 }
            let report = MeasureReport(
                meters: meters,
                statuses: monitor.statuses,
                from: start,
                to: end,
                exitCode: code
            )
            return Result(report: report, trace: trace(meters, from: start, to: end))
        }
    }

    private func runUnmeasured(reason: String) async throws -> Result {
        let (start, end, code) = try await runCommand()
        let report = MeasureReport(duration: end - start, exitCode: code, reason: reason)
        return Result(report: report, trace: Array(PowerTrace.header.utf8))
    }

    private func trace(_ meters: EnergyMeters, from start: MonotonicInstant, to end: MonotonicInstant) -> [UInt8] {
        guard plan.trace != nil else { return [] }
        return PowerTrace.csv(meters, from: start, to: end, step: max(plan.interval ?? .zero, .milliseconds(100)))
    }

    private func runCommand() async throws -> (start: MonotonicInstant, end: MonotonicInstant, code: Int32) {
        let signals = ChildSignals()
        // After the child's end SIGINT stays ignored until the report is out.
        let start = clock.instant()
        let child = try ChildProcess.spawn(
            plan.command,
            environment: environment,
            outputToError: plan.document == .standardOutput,
            defaults: signals.defaults
        )
        signals.begin(child.identifier)
        let (end, instant) = await child.end(clock: clock) { signals.end() }
        return (start, instant, end.code)
    }
}
