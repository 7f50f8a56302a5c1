// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The world that a command runs in: the only place that reads the environment.
struct CommandContext: Sendable {
    var environment: [String: String]
    var output: Output
    var clock: TelemetryClock

    /// The present civil time.
    var now: WallTime { clock.wall() }

    /// Another world in the process's place, for the tests of commands.
    @TaskLocal static var replacement: CommandContext?

    /// The process's own world.
    static func process() -> CommandContext {
        if let replacement { return replacement }
        let environment = ProcessInfo.processInfo.environment
        return CommandContext(
            environment: environment,
            output: .standard(environment: environment),
            clock: .system
        )
    }
}
