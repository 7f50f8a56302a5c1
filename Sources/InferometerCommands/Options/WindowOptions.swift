// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore

/// Which time a command is about.
struct WindowOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only calls at or after T: epoch seconds, ISO 8601 (local time without a zone), or an age such as 24h.",
            valueName: "T"
        )
    )
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Only calls at or before T.", valueName: "T"))
    var until: TimeArgument?

    func validate() throws {
        _ = try range(at: TelemetryClock.system.wall())
    }

    /// The window at a given now.
    ///
    /// - Throws: `ValidationError` if it ends before it begins.
    func range(at now: WallTime) throws -> TimeRange {
        let range = TimeRange(since: since?.resolved(at: now), until: until?.resolved(at: now))
        guard !range.isEmpty else {
            throw ValidationError("--until lies before --since: the window would contain no time at all.")
        }
        return range
    }
}
