// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Decides channel by channel whether its time stamps can be trusted, and turns them into instants.
///
/// A stamp that stands still while its value moves, or that lies in the future, is none: from then on the channel's
/// values count as published when they are seen.
struct PublicationStamps: Sendable {
    private struct Last: Sendable {
        var value: Int64
        var stamp: UInt64
    }

    private var last: [String: Last] = [:]
    private var distrusted: Set<String> = []

    /// How far a stamp may lie ahead before it is another clock's.
    private static let tolerance = Duration.seconds(1)

    /// Turns an entry's stamp into an instant.
    ///
    /// - Parameters:
    ///   - entry: What the channel said.
    ///   - age: The time from the stamp to now; negative if the stamp lies ahead.
    ///   - now: The present instant.
    /// - Returns: When the entry was published; nothing if it does not say, or cannot be trusted.
    mutating func instant(
        of entry: IOReportSession.Entry,
        age: Duration,
        now: MonotonicInstant
    ) -> MonotonicInstant? {
        guard let stamp = entry.stamp, !distrusted.contains(entry.name) else { return nil }
        let before = last.updateValue(Last(value: entry.value, stamp: stamp), forKey: entry.name)
        let isFrozen = before.map { $0.value != entry.value && $0.stamp == stamp } ?? false
        guard !isFrozen, age >= .zero - Self.tolerance else {
            distrusted.insert(entry.name)
            return nil
        }
        return now.advanced(by: .zero - max(age, .zero))
    }
}
