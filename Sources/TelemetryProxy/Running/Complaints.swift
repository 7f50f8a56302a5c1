// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore

/// Tells failures once per cause, and again with their number while they last.
///
/// What is told is an engine's name and a bounded code, never anything of a message.
final class Complaints: Sendable {
    private struct Entry {
        var toldAt: MonotonicInstant
        var untold = 0
    }

    private let logger: Logger
    private let clock: TelemetryClock
    private let entries = Mutex<[String: Entry]>([:])
    private static let pause = Duration.seconds(60)
    private static let limit = 1_000

    init(logger: Logger, clock: TelemetryClock) {
        self.logger = logger
        self.clock = clock
    }

    /// Tells that something failed at an engine, unless the same was told within the last minute.
    func tell(_ code: String, upstream: String, detail: String? = nil) {
        let now = clock.instant()
        let untold = entries.withLock { entries in
            Self.due("\(code) \(upstream)", at: now, in: &entries)
        }
        guard let untold else { return }
        var metadata: Logger.Metadata = ["code": "\(code)", "upstream": "\(upstream)"]
        if let detail { metadata["detail"] = "\(detail)" }
        if untold > 0 { metadata["untold"] = "\(untold)" }
        logger.warning("A call did not complete.", metadata: metadata)
    }

    /// How often the cause was passed over since it was told, if it is to be told now.
    private static func due(_ cause: String, at now: MonotonicInstant, in entries: inout [String: Entry]) -> Int? {
        if var entry = entries[cause] {
            guard now - entry.toldAt >= pause else {
                entry.untold += 1
                entries[cause] = entry
                return nil
            }
            entries[cause] = Entry(toldAt: now)
            return entry.untold
        }
        if entries.count >= limit { entries.removeAll() }
        entries[cause] = Entry(toldAt: now)
        return 0
    }
}
