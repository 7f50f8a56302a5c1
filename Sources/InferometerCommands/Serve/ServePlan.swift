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

    /// Merges the sources: options win over the environment, the environment over the file.
    ///
    /// - Throws: `ValidationError` that names the setting which cannot be used.
    init(options: ServeOptions, settings: Settings, environment: [String: String]) throws {
        listen = try options.listen ?? Self.parse(settings, "listen") ?? .standard
        upstreams = try options.upstream.isEmpty ? Self.upstreams(settings) : options.upstream
        isSimulating = try options.simulate || Self.flag(settings, "simulate")
        observeOnly = try options.observeOnly || Self.flag(settings, "observe-only")
        grace = try (options.grace ?? Self.parse(settings, "grace"))?.duration ?? .seconds(10)
        allowedHosts =
            try options.allowHost.isEmpty ? Self.said { try settings.texts("allow-host") } ?? [] : options.allowHost
        pricesFile = try options.prices ?? Self.said { try settings.text("prices") }
        durability = try options.durability ?? Self.parse(settings, "durability") ?? .normal
        logLevel = try (options.logLevel ?? Self.parse(settings, "log-level"))?.level ?? .notice
        database =
            try options.store.database ?? Self.said { try settings.text("database") }
            ?? (isSimulating && upstreams.isEmpty
                ? DataDirectory.simulatedDatabase(environment: environment)
                : DataDirectory.database(environment: environment))
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
    }

    private static func upstreams(_ settings: Settings) throws -> [UpstreamArgument] {
        try said { try settings.texts("upstream")?.map(UpstreamArgument.init) } ?? []
    }

    private static func flag(_ settings: Settings, _ key: String) throws -> Bool {
        try said { try settings.flag(key) } ?? false
    }

    private static func parse<Value: ExpressibleByArgument>(_ settings: Settings, _ key: String) throws -> Value? {
        guard let text = try said({ try settings.text(key) }) else { return nil }
        guard let value = Value(argument: text) else {
            throw ValidationError("The setting '\(key)' cannot be '\(text)'.")
        }
        return value
    }

    /// Turns what is wrong with a setting into misuse.
    private static func said<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
