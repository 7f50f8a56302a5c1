// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Numbers of an engine's answer that can be right; what cannot is absent.
///
/// The bounds are those of the bytes that a proxy reads.
enum Plausible {
    private static let longest = Duration.seconds(30 * 86_400)

    /// A count of tokens.
    static func count(_ count: Int?) -> Int? {
        count.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
    }

    /// A time in milliseconds.
    static func milliseconds(_ milliseconds: Double?) -> Duration? {
        within(milliseconds.flatMap(Duration.milliseconds(checking:)))
    }

    /// A time in nanoseconds.
    static func nanoseconds(_ nanoseconds: Int64?) -> Duration? {
        within(nanoseconds.map { .nanoseconds($0) })
    }

    private static func within(_ duration: Duration?) -> Duration? {
        duration.flatMap { $0 >= .zero && $0 <= longest ? $0 : nil }
    }
}
