// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import EnergyMonitors
import Synchronization
import TelemetryCore
import TelemetryRecording

/// The sensors of this machine, which must not keep a command waiting.
enum SensorStart {
    /// The longest wait for the sensors to be found.
    static let patience = Duration.milliseconds(800)
    /// The longest wait for them to be found and read once.
    static let readingPatience = Duration.milliseconds(900)

    /// Makes something on a thread of its own; nothing if that takes too long.
    static func make<Value: Sendable>(
        within patience: Duration = patience,
        _ make: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { (continuation: CheckedContinuation<Value?, Never>) in
            let waiter = Waiter(continuation)
            DispatchQueue(label: "inferometer.measure.sensors").async { waiter.resume(make()) }
            DispatchQueue.global().asyncAfter(deadline: .now() + patience.seconds) { waiter.resume(nil) }
        }
    }

    /// Finds the machine's sensors.
    static func monitor(root: String) async -> CompositeEnergyMonitor? {
        await make {
            var access = HardwareAccess()
            access.root = root
            return EnergyMonitorFactory.makeMonitor(access: access)
        }
    }

    /// Waits until each channel was read once or failed, so that the command's first moment is measured.
    static func waitForReadings(_ sampler: EnergySampler, clock: TelemetryClock, until deadline: MonotonicInstant) async
    {
        while clock.instant() < deadline, !sampler.withMeters(isReady) {
            do { try await Task.sleep(for: .milliseconds(2)) } catch { return }
        }
    }

    /// Waits until each channel that works has published what was used up to an instant.
    static func waitForSettling(_ sampler: EnergySampler, clock: TelemetryClock, at end: MonotonicInstant) async {
        let deadline = clock.instant().advanced(by: .milliseconds(500))
        while clock.instant() < deadline, !sampler.withMeters({ isSettled($0, at: end) }) {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
        }
    }

    static func isReady(_ meters: EnergyMeters) -> Bool {
        meters.meters.allSatisfy { $0.trace.count > 0 || $0.failure != nil }
    }

    /// Unlike the meters' own word, this asks those too that a total does not count: they are shown.
    static func isSettled(_ meters: EnergyMeters, at end: MonotonicInstant) -> Bool {
        meters.meters.allSatisfy { $0.failure != nil || $0.trace.count == 0 || $0.trace.isSettled(at: end) }
    }
}

/// Resumes at the first of several answers.
private final class Waiter<Value: Sendable>: Sendable {
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
