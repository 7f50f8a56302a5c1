// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging
import TelemetryProxy

/// What `serve` is to do, once options, environment and file have been heard.
struct ServePlan: Sendable {
    var listen: ListenAddress
    var upstreams: [UpstreamArgument]
    var isSimulating: Bool
    var observeOnly: Bool
    var grace: Duration
    var allowedHosts: [String]
    var pricesFile: String?
    var durability: DurabilityArgument
    var logLevel: Logger.Level
    var database: String
    var energy: EnergyPlan

    /// Merges the sources: options win over the environment, the environment over the file.
    ///
    /// - Throws: `ValidationError` that names the setting which cannot be used.
    init(options: ServeOptions, settings: Settings, environment: [String: String]) throws {
        listen = try options.listen ?? settings.saidValue("listen") ?? .standard
        upstreams = try options.upstream.isEmpty ? Self.upstreams(settings) : options.upstream
        isSimulating = try options.simulate || settings.saidFlag("simulate")
        observeOnly = try options.observeOnly || settings.saidFlag("observe-only")
        grace = try (options.grace ?? settings.saidValue("grace"))?.duration ?? .seconds(10)
        allowedHosts =
            try options.allowHost.isEmpty
            ? Settings.asMisuse { try settings.texts("allow-host") } ?? [] : options.allowHost
        pricesFile = try options.prices ?? Settings.asMisuse { try settings.text("prices") }
        durability = try options.durability ?? settings.saidValue("durability") ?? .normal
        logLevel = try (options.logLevel ?? settings.saidValue("log-level"))?.level ?? .notice
        database =
            try options.store.named(settings)
            ?? (isSimulating && upstreams.isEmpty
                ? DataDirectory.simulatedDatabase(environment: environment)
                : DataDirectory.database(environment: environment))
        energy = try EnergyPlan(options: options.energy, settings: settings, environment: environment)
        try checkNames()
    }

    /// What the proxy is told, its engines apart.
    var proxyConfiguration: ProxyConfiguration {
        var configuration = ProxyConfiguration()
        configuration.host = listen.host
        configuration.port = listen.port
        configuration.observeOnly = observeOnly
        configuration.allowedHosts = allowedHosts
        configuration.grace = grace
        return configuration
    }

    private func checkNames() throws {
        let names = upstreams.map(\.name)
        if names.filter({ $0 == nil }).count > 1 {
            throw ValidationError("Of several upstreams only one may go without a name: write --upstream NAME=URL.")
        }
        for name in names.compactMap(\.self) where names.filter({ $0 == name }).count > 1 {
            throw ValidationError("Two upstreams are called '\(name)'.")
        }
        // Engines that are found later have names that are not known yet.
        guard !upstreams.isEmpty else { return }
        let simulated = isSimulating ? ["simulated"] : []
        try energy.check(engines: upstreams.map { $0.name ?? $0.address.authority } + simulated)
    }

    /// The engines that the environment or the file names.
    static func upstreams(_ settings: Settings) throws -> [UpstreamArgument] {
        try Settings.asMisuse { try settings.texts("upstream")?.map(UpstreamArgument.init) } ?? []
    }
}
