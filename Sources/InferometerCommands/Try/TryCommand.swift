// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AsyncHTTPClient
import InferenceEngines
import TelemetryProxy

/// `inferometer try`: the main job at a glance.
struct TryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Start the proxy before an engine on this machine, send it a few calls, and show the tables.",
        discussion: """
            Without --upstream it takes the engine that it finds on this machine; where there is none it simulates one, \
            with a database of its own, and says so in every table. It then serves until Ctrl-C where a person is at \
            the terminal, and ends where not. A hosted service is sent nothing: point your own client at the proxy.

            Examples:

              inferometer try
              inferometer try --upstream http://127.0.0.1:8000
            """
    )

    @Option(help: ArgumentHelp("The engine to try.", valueName: "url"), transform: UpstreamArgument.init)
    var upstream: UpstreamArgument?

    @Option(help: ArgumentHelp("Where to listen. (default: 127.0.0.1:4242, else a free port)", valueName: "host:port"))
    var listen: ListenAddress?

    @OptionGroup
    var store: StoreOptions

    func run() async throws {
        let context = CommandContext.process()
        let settings = try await store.settings(context)
        // What the environment or the file names is meant too; else a service would get the calls unasked.
        let named = try upstream ?? ServePlan.upstreams(settings).first
        let engine = try await TryEngine.choose(named)
        var arguments: [String] = []
        switch engine.address {
        case .none: arguments += ["--simulate"]
        case .some(let address):
            arguments += ["--upstream", (named?.name).map { "\($0)=\(address.url)" } ?? address.url]
        }
        if let listen { arguments += ["--listen", listen.authority] }
        if let database = store.database { arguments += ["--database", database] }
        let options = try ServeOptions.parse(arguments)
        var plan = try ServePlan(options: options, settings: settings, environment: context.environment)
        if listen == nil, await !LocalPort.isFree(plan.listen) { plan.listen.port = 0 }
        try await TryShow(context: context, plan: plan, engine: engine).run()
    }
}
