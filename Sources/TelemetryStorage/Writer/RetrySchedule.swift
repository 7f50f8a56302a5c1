// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Growing pauses between attempts that fail, one at a time.
struct RetrySchedule: Sendable {
    private var failures = 0
    private var isPausing = false

    /// Whether the last attempt failed and the next is to come: until then nobody need try.
    var isWaiting: Bool { isPausing && failures > 0 }

    /// The pause before the next attempt: a quarter of a second, doubled each time; nothing if one runs already, which
    /// serves this failure too.
    mutating func nextPause(longest: Duration) -> Duration? {
        guard !isPausing else {
            failures = max(failures, 1)
            return nil
        }
        isPausing = true
        failures += 1
        return min(longest, .milliseconds(250) * (1 << min(failures - 1, 10)))
    }

    /// The pause is over, and the next attempt is made.
    mutating func pauseIsOver() {
        isPausing = false
    }

    /// Begins anew after a success.
    mutating func reset() {
        failures = 0
    }
}
