// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Growing pauses between attempts that fail.
struct RetrySchedule: Sendable {
    private var failures = 0

    /// The pause before the next attempt: a quarter of a second, doubled each time.
    mutating func nextPause(longest: Duration) -> Duration {
        failures += 1
        return min(longest, .milliseconds(250) * (1 << min(failures - 1, 10)))
    }

    /// Begins anew after a success.
    mutating func reset() {
        failures = 0
    }
}
