// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a thread runs, in a box that C can carry.
final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}
