// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import TelemetryCore
import TelemetryRecording

/// One run of a command between two readings of the sensors.
struct MeasuredRun: Sendable {
    let plan: MeasurePlan
    let clock: TelemetryClock

    /// What came of it: the report, and the power trace if it was asked for.
    struct Result: Sendable {
        var report: MeasureReport
        var trace: [UInt8]
    }

    /// Runs the command to its end.
    ///
    /// - Throws: ``SpawnError`` if it cannot be started.
    func run() async throws -> Result {
        let began = clock.instant()
        guard let monitor = await SensorStart.monitor(of: plan, clock: clock) else {
            let span = try await runCommand()
            return Result(report: MeasureReport(of: span, reason: "the sensors were slow to start"), trace: noTrace)
        }
        // The monitor is never closed: the process ends now, and a driver that hangs must not hold it.
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
            let quiet = try await readQuiet(sampler)
            let peaks = PeakWatch(clock: clock)
            group.addTask { await peaks.run(sampler) }
            let span = try await runCommand(watching: peaks)
            await SensorStart.waitForSettling(sampler, clock: clock, at: span.end)
            let evidence = sampler.withMeters { MeasureEvidence($0, over: span, quiet: quiet, peaks: peaks) }
            return Result(
                report: MeasureReport(evidence, statuses: monitor.statuses),
                trace: plan.trace == nil ? [] : PowerTrace.csv(evidence, interval: plan.interval)
            )
        }
    }

    private var noTrace: [UInt8] { plan.trace == nil ? [] : Array(PowerTrace.header.utf8) }

    private var configuration: SamplerConfiguration {
        var configuration = SamplerConfiguration()
        configuration.interval = plan.interval
        // A command may run for days: its start must stay known, if what lies between becomes coarser.
        configuration.meter.retention = .whole
        return configuration
    }

    /// The span before the command, in which nothing of ours runs.
    private func readQuiet(_ sampler: EnergySampler) async throws -> Range<MonotonicInstant>? {
        guard let length = plan.baseline, !sampler.monitor.sensors.isEmpty else { return nil }
        let start = clock.instant()
        try await Task.sleep(for: length)
        return start..<max(clock.instant(), start)
    }

    private func runCommand(watching peaks: PeakWatch? = nil) async throws -> CommandSpan {
        let signals = ChildSignals()
        // After the child's end the signals stay harmless until the report is out.
        let start = clock.instant()
        peaks?.begin(at: start)
        let child = try ChildProcess.spawn(
            plan.command,
            outputToError: plan.document == .standardOutput,
            defaults: signals.defaults
        )
        signals.begin(child.identifier)
        let (end, instant) = await child.end(clock: clock) { signals.end() }
        return CommandSpan(start: start, end: instant, exitCode: end.code)
    }
}

/// When a command ran, and how it ended.
struct CommandSpan: Sendable, Hashable {
    var start: MonotonicInstant
    var end: MonotonicInstant
    var exitCode: Int32

    var duration: Duration { end - start }
}
