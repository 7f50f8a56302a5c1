// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import TelemetryRecording

/// The highest power of a run, looked for now and then, while the curve is still as fine as it was read.
final class PeakWatch: Sendable {
    /// The peaks up to now.
    struct Peaks: Sendable {
        var channels: [Int: Power] = [:]
        var total: Power?
    }

    private struct State {
        /// Up to where peaks were looked for; nothing before the command began.
        var seen: MonotonicInstant?
        var peaks = Peaks()
    }

    private let clock: TelemetryClock
    private let state = Mutex(State())
    /// A peak is a mean over 100 ms, so that the spans overlap by as much.
    private static let overlap = Duration.milliseconds(100)

    init(clock: TelemetryClock) {
        self.clock = clock
    }

    /// The command begins.
    func begin(at start: MonotonicInstant) {
        state.withLock { $0.seen = start }
    }

    /// Looks every ten seconds until the task is cancelled.
    func run(_ sampler: EnergySampler) async {
        while true {
            do { try await Task.sleep(for: .seconds(10)) } catch { return }
            // What was read just now may still lack its neighbour.
            let until = clock.instant().advanced(by: .seconds(-1))
            sampler.withMeters { _ = highest($0, until: until) }
        }
    }

    /// The peaks from the command's start to an instant.
    func highest(_ meters: EnergyMeters, until end: MonotonicInstant) -> Peaks {
        state.withLock { state in
            guard let start = state.seen, start <= end else { return state.peaks }
            for (place, meter) in meters.meters.enumerated() {
                guard let peak = meter.trace.peakPower(from: start, to: end) else { continue }
                state.peaks.channels[place] = max(peak, state.peaks.channels[place] ?? peak)
            }
            if let peak = meters.peakPower(from: start, to: end) {
                state.peaks.total = max(peak, state.peaks.total ?? peak)
            }
            if end - start > Self.overlap * 2 { state.seen = end.advanced(by: .zero - Self.overlap) }
            return state.peaks
        }
    }
}
