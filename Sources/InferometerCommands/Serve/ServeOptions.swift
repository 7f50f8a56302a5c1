// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging

/// The options of `serve`, as they were typed: what is left out may come from elsewhere.
struct ServeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to listen; port 0 takes a free one. (default: 127.0.0.1:4242)",
            valueName: "host:port"
        )
    )
    var listen: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "An engine to record; may be repeated with names, each then reached under /NAME. Without any, engines on this machine are looked for.",
            valueName: "[name=]url"
        ),
        transform: UpstreamArgument.init
    )
    var upstream: [UpstreamArgument] = []

    @Flag(help: "Put a simulated engine behind the proxy, with a database of its own.")
    var simulate = false

    @Flag(help: "Change nothing of a request but Host, hop-by-hop headers and our own tags.")
    var observeOnly = false

    @Option(
        help: ArgumentHelp("Seconds that calls in flight may go on after a stop. (default: 10)", valueName: "seconds")
    )
    var grace: GraceArgument?

    @Option(
        help: ArgumentHelp(
            "A name that a request's Host may have besides localhost; may be repeated.",
            valueName: "name"
        )
    )
    var allowHost: [String] = []

    @Option(
        help: ArgumentHelp("A price list in LiteLLM's JSON format, asked before the bundled one.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var prices: String?

    @Option(
        help:
            "What a crash may cost: 'normal' the last quarter of a second, 'full' nothing that was flushed. (default: normal)"
    )
    var durability: DurabilityArgument?

    @Option(
        help: "The least grave messages to log: trace, debug, info, notice, warning, error, critical. (default: notice)"
    )
    var logLevel: LogLevelArgument?

    @OptionGroup
    var store: StoreOptions
}

/// A length of time in seconds, or with its unit.
struct GraceArgument: Hashable, Sendable, ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let age = AgeArgument(argument: argument) ?? AgeArgument(argument: argument + "s") else { return nil }
        duration = age.duration
    }
}

/// How much a crash may cost.
enum DurabilityArgument: String, CaseIterable, Hashable, Sendable, ExpressibleByArgument {
    case normal
    case full
}

/// How grave a message must be to be logged.
struct LogLevelArgument: Hashable, Sendable, ExpressibleByArgument {
    let level: Logger.Level

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument.lowercased()) else { return nil }
        self.level = level
    }

    static var allValueStrings: [String] { Logger.Level.allCases.map(\.rawValue) }
}
