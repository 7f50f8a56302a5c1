// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import EnergyMonitors
import Synchronization
import TelemetryCore
import TelemetryRecording

/// The sensors of this machine, which must not keep a command waiting, nor its end.
enum SensorStart {
    /// The longest wait for the sensors to be found.
    static let patience = Duration.milliseconds(600)
    /// The longest wait for them to be found and read once.
    static let readingPatience = Duration.milliseconds(800)
    /// The longest wait for what was used before the end to be published, whatever a sensor says of its period.
    static let longestSettling = Duration.seconds(3)
    /// The wait that even a fast sensor is worth on a busy machine.
    static let shortestSettling = Duration.milliseconds(500)

    /// Makes something on a thread of its own; nothing if that takes too long.
    static func make<Value: Sendable>(
        within patience: Duration = patience,
        _ make: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { (continuation: CheckedContinuation<Value?, Never>) in
            let waiter = FirstAnswer(continuation)
            DispatchQueue(label: "inferometer.measure.sensors").async { waiter.resume(make()) }
            DispatchQueue.global().asyncAfter(deadline: .now() + patience.seconds) { waiter.resume(nil) }
        }
    }

    /// Finds the machine's sensors; where none works, an estimate if a person wants one.
    static func monitor(of plan: MeasurePlan, clock: TelemetryClock) async -> (any EnergyMonitor)? {
        await make {
            var access = HardwareAccess()
            access.root = plan.hardwareRoot
            access.clock = clock
            let monitor = EnergyMonitorFactory.makeMonitor(access: access)
            guard monitor.sensors.isEmpty, plan.isEstimated else { return monitor }
            let estimate = ProcessorEstimateMonitor(root: plan.hardwareRoot, clock: clock)
            return estimate.sensors.isEmpty ? monitor : estimate
        }
    }

    /// Waits until each channel was read once or failed, so that the command's first moment is measured.
    static func waitForReadings(
        _ sampler: EnergySampler,
        clock: TelemetryClock,
        until deadline: MonotonicInstant
    ) async {
        await wait(sampler, clock: clock, until: deadline) { meters in
            meters.meters.allSatisfy { $0.trace.count > 0 || $0.failure != nil }
        }
    }

    /// Waits until each channel that works has published what was used up to an instant.
    static func waitForSettling(_ sampler: EnergySampler, clock: TelemetryClock, at end: MonotonicInstant) async {
        let patience = sampler.withMeters { settlingPatience($0) }
        // Unlike the meters' own word, this asks those too that a total does not count: they are shown.
        await wait(sampler, clock: clock, until: end.advanced(by: patience)) { meters in
            meters.meters.allSatisfy { $0.failure != nil || $0.trace.count == 0 || $0.trace.isSettled(at: end) }
        }
    }

    /// How long the slowest sensor that works may take to publish what was used before an instant.
    static func settlingPatience(_ meters: EnergyMeters) -> Duration {
        let periods = meters.meters.filter { $0.failure == nil && $0.trace.count > 0 }.map {
            ($0.sensor.publicationPeriod ?? .zero) * 2
        }
        return min(max(periods.max() ?? .zero, shortestSettling), longestSettling)
    }

    private static func wait(
        _ sampler: EnergySampler,
        clock: TelemetryClock,
        until deadline: MonotonicInstant,
        for isDone: (EnergyMeters) -> Bool
    ) async {
        while clock.instant() < deadline, !sampler.withMeters(isDone) {
            do { try await Task.sleep(for: .milliseconds(3)) } catch { return }
        }
    }
}

/// Resumes at the first of several answers.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) {
        self.continuation = Mutex(continuation)
    }

    func resume(_ value: Value?) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
    }
}
