// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import Logging
import TelemetryCore
import TelemetryRecording

/// Runs a command while the machine's sensors are read.
struct CommandMeter: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        var report: MeasureReport
        /// The readings as CSV.
        var trace: String
    }

    let clock: TelemetryClock
    let environment: [String: String]
    /// How long the command waits for drivers to start; first readings may take as long again.
    private static let patience = Duration.milliseconds(400)
    /// How long the last publications are waited for.
    private static let settling = Duration.milliseconds(500)

    /// Measures one command.
    ///
    /// - Throws: ``ChildProcess/StartFailure`` if it cannot be started.
    func measure(_ command: [String], outputToError: Bool) async throws -> Outcome {
        guard let monitor = await monitor() else {
            let (duration, code) = try await runAlone(command, outputToError: outputToError)
            var report = MeasureReport(duration: duration, exitCode: code, sample: EnergySample(), components: [])
            report.startReason = "the sensors were slow to start"
            return Outcome(report: report, trace: EnergyTraceText.header)
        }
        defer { monitor.close() }
        let quiet = Logger(label: "inferometer.measure") { _ in SwiftLogNoOpLogHandler() }
        let sampler = EnergySampler(monitor: monitor, clock: clock, logger: quiet)
        return try await sampler.withSampling {
            let start = clock.instant()
            let code = try await ChildProcess(command, outputToError: outputToError).wait()
            let end = clock.instant()
            // Only what is published after the end bounds the energy at the end.
            if !monitor.sensors.isEmpty { try? await Task.sleep(for: Self.settling) }
            return outcome(of: sampler, from: start, to: end, exitCode: code)
        }
    }

    private func runAlone(_ command: [String], outputToError: Bool) async throws -> (Duration, Int32) {
        let start = clock.instant()
        let code = try await ChildProcess(command, outputToError: outputToError).wait()
        return (clock.instant() - start, code)
    }

    private func outcome(
        of sampler: EnergySampler,
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        exitCode: Int32
    ) -> Outcome {
        let windows = sampler.windows(from: start, to: end)
        let components = sampler.withMeters { meters in
            meters.meters.map { meter in
                MeasureReport.Component(
                    device: meter.sensor.deviceName,
                    domain: meter.sensor.channel.domain,
                    vendor: meter.sensor.channel.device.vendor,
                    method: meter.sensor.method,
                    isCounted: meter.sensor.isCounted,
                    window: windows.first { $0.sensor == meter.sensor && $0.window.isComplete }?.window,
                    peakPower: meter.trace.peakPower(from: start, to: end)
                )
            }
        }
        let report = MeasureReport(
            duration: end - start,
            exitCode: exitCode,
            sample: sampler.sample(from: start, to: end),
            components: components
        )
        return Outcome(report: report, trace: EnergyTraceText.text(of: sampler, from: start, to: end))
    }

    /// The sensors, if they start in time; a driver that hangs is left behind.
    private func monitor() async -> CompositeEnergyMonitor? {
        let root = environment["INFEROMETER_SYSFS_ROOT"] ?? "/"
        let (found, finish) = AsyncStream.makeStream(of: CompositeEnergyMonitor.self)
        Task {
            finish.yield(await MachineMeter.makeMonitor(root: root, clock: clock))
            finish.finish()
        }
        let patience = Task {
            try? await Task.sleep(for: Self.patience)
            finish.finish()
        }
        defer { patience.cancel() }
        for await monitor in found { return monitor }
        return nil
    }
}

/// The curve of each channel as CSV, in steps of a hundredth of the span, ten milliseconds at least.
enum EnergyTraceText {
    static let header = "time_seconds,device,domain,energy_joules,watts\r\n"

    static func text(of sampler: EnergySampler, from start: MonotonicInstant, to end: MonotonicInstant) -> String {
        let step = max((end - start) / 1_000, .milliseconds(10))
        var text = header
        var time = start
        while time < end {
            let next = min(time.advanced(by: step), end)
            for channel in sampler.windows(from: time, to: next) {
                let energy = channel.window.energy.joules
                let watts = channel.window.meanPower.map { String($0.watts) } ?? ""
                let device = channel.sensor.deviceName.replacing("\"", with: "\"\"")
                let domain = channel.sensor.channel.domain.rawValue
                text += "\((next - start).seconds),\"\(device)\",\(domain),\(energy),\(watts)\r\n"
            }
            time = next
        }
        return text
    }
}
