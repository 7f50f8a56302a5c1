// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle
import Synchronization
import TelemetryCore

/// One run of a sampler's threads.
///
/// A thread belongs to one run for ever: it can never come back to life in another.
final class SamplerRun: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let running = Atomic<Int>(0)
    let signals: [WakeSignal]

    init(parts: Int) {
        signals = (0..<parts).map { _ in WakeSignal() }
    }

    var isWanted: Bool { !isOver.load(ordering: .acquiring) }
    /// The number of threads that are still there; more than none after the end if a driver hangs.
    var threads: Int { running.load(ordering: .acquiring) }

    func began() { running.add(1, ordering: .acquiringAndReleasing) }
    func ended() { running.subtract(1, ordering: .acquiringAndReleasing) }

    /// Ends the run, at once and without waiting for anyone.
    func finish() {
        isOver.store(true, ordering: .releasing)
        for signal in signals { signal.wake() }
    }
}

/// The threads.
extension EnergySampler {
    /// Reads the monitor while a body runs.
    ///
    /// The first readings are made before the body begins, so that its first moment is measured, but no longer than
    /// 500 ms are waited for them.
    public func withSampling<Result>(
        _ body: nonisolated(nonsending) () async throws -> Result
    ) async rethrows -> Result {
        let run = begin()
        defer { end(run) }
        await waitForFirstReadings(run)
        return try await body()
    }

    /// Reads the monitor until the task is cancelled, or the service group that runs it shuts down.
    public func run() async {
        let run = begin()
        defer { end(run) }
        try? await gracefulShutdown()
    }

    /// Asks for the fast pace until ``endActivity()``; sleeping threads read at once.
    public func beginActivity() {
        activity.begin()
    }

    /// Gives back what ``beginActivity()`` asked for.
    public func endActivity() {
        activity.end(at: clock.instant())
    }

    /// Gives back so many.
    func endActivity(of count: Int) {
        activity.end(at: clock.instant(), count: count)
    }

    func begin() -> SamplerRun {
        let run = SamplerRun(parts: parts.count)
        for (index, signal) in run.signals.enumerated() {
            activity.add(signal)
            run.began()
            let hasStarted = SamplerThread.start { [self] in
                sample(part: index, run: run)
                run.ended()
            }
            if !hasStarted { run.ended() }
        }
        return run
    }

    func end(_ run: SamplerRun) {
        run.finish()
        for signal in run.signals { activity.remove(signal) }
    }

    private func waitForFirstReadings(_ run: SamplerRun) async {
        for _ in 0..<100 {
            let isReady = withMeters { meters in
                meters.meters.allSatisfy { $0.trace.count > 0 || $0.failure != nil }
            }
            if isReady { return }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
        }
    }

    private func sample(part index: Int, run: SamplerRun) {
        let poll = parts[index].pollInterval
        var next = clock.instant()
        var nextDevices = next
        while run.isWanted {
            let now = clock.instant()
            let readsDevices = now >= nextDevices
            tick(part: index, readsDevices: readsDevices) { run.isWanted }
            let isFast = configuration.pace == .always || activity.isFast(at: clock.instant())
            if readsDevices { nextDevices = now.advanced(by: configuration.deviceInterval * (isFast ? 1 : 4)) }
            let interval =
                isFast
                ? configuration.interval ?? poll.active
                : min(max(poll.idle, poll.active), configuration.longestIdleInterval)
            // A sleep that was cut short begins a new grid; one that was too long keeps to the old.
            next = Self.deadline(after: min(next, now), interval: interval, now: clock.instant())
            rest(until: next, signal: run.signals[index], isFast: isFast)
        }
    }

    /// The next deadline: on the grid of the one before, and past those that were missed.
    static func deadline(
        after last: MonotonicInstant,
        interval: Duration,
        now: MonotonicInstant
    ) -> MonotonicInstant {
        let next = last.advanced(by: interval)
        guard next <= now else { return next }
        let missed = (now - last).nanoseconds / max(interval.nanoseconds, 1) + 1
        return last.advanced(by: interval * Int(clamping: missed))
    }

    private func rest(until instant: MonotonicInstant, signal: WakeSignal, isFast: Bool) {
        let left = instant - clock.instant()
        // A short sleep need not be woken, and the kernel's absolute timer is the more punctual of the two.
        if isFast, left < .milliseconds(250) {
            SamplerThread.sleep(until: instant)
        } else {
            signal.wait(for: left)
        }
    }
}
