// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AsyncHTTPClient
import InferenceEngines
import NIOCore

/// `inferometer doctor`: what this machine can measure, and what is in the way.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what works on this machine, and why the rest does not.",
        discussion: """
            Examples:

              inferometer doctor
              inferometer doctor --json
            """
    )

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var store: StoreOptions

    func run() async throws {
        let context = CommandContext.process()
        let path = try await store.databasePath(context)
        let listen = try await listenAddress(context)
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        async let engines = EngineDiscovery(client: client).localEngines()
        async let proxy = ProxyReport.ask(listen, client: client)
        async let sensors = SensorReport.ofThisMachine(context.environment, clock: context.clock)
        let report = DoctorReport(
            sensors: await sensors,
            engines: await engines,
            store: await .of(path),
            proxy: await proxy
        )
        try? await client.shutdown()
        if json {
            try context.output.json(report.json)
        } else {
            try report.print(to: context.output)
        }
    }

    private func listenAddress(_ context: CommandContext) async throws -> ListenAddress {
        try await store.settings(context).saidValue("listen") ?? .standard
    }
}
