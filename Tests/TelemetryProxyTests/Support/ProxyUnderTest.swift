// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import Logging
import TelemetryCore

@testable import TelemetryProxy

/// A running proxy with all that a test needs to look at.
struct ProxyUnderTest: Sendable {
    let proxy: RecordingProxy
    let port: Int
    let sink: CollectingSink
    let log: CollectedLog

    /// Opens a client's connection to it.
    func connect(reading: Bool = true, halfClosing: Bool = false) async throws -> RawConnection {
        try await RawConnection.connect(port: port, reading: reading, halfClosing: halfClosing)
    }
}

/// The default configuration with changes.
func settings(_ change: (inout ProxyConfiguration) -> Void) -> ProxyConfiguration {
    var configuration = ProxyConfiguration()
    change(&configuration)
    return configuration
}

/// Runs a proxy before engines for the length of a scope; it ends gracefully with it.
func withProxy<Result>(
    before upstreams: [UpstreamConfiguration],
    isolation: isolated (any Actor)? = #isolation,
    configuration: ProxyConfiguration = ProxyConfiguration(),
    services change: (inout ProxyServices) -> Void = { _ in },
    _ body: (ProxyUnderTest) async throws -> Result
) async throws -> Result {
    var configuration = configuration
    configuration.port = 0
    configuration.upstreams = upstreams
    configuration.eventLoops = configuration.eventLoops ?? 1
    configuration.grace = .seconds(5)
    let sink = CollectingSink()
    let log = CollectedLog()
    var services = ProxyServices(sink: sink, logger: log.logger)
    change(&services)
    let proxy = try RecordingProxy(configuration: configuration, services: services)
    return try await proxy.withRunning { address in
        try await body(ProxyUnderTest(proxy: proxy, port: address.port, sink: sink, log: log))
    }
}

/// Runs a proxy before one scripted engine.
func withEngine<Result>(
    isolation: isolated (any Actor)? = #isolation,
    configuration: ProxyConfiguration = ProxyConfiguration(),
    _ body: (ProxyUnderTest, RawServer) async throws -> Result
) async throws -> Result {
    try await RawServer.with { server in
        let upstream = try UpstreamConfiguration(url: "http://127.0.0.1:\(server.port)")
        return try await withProxy(before: [upstream], configuration: configuration) { proxy in
            try await body(proxy, server)
        }
    }
}

enum Sample {
    static let chat = #"{"model":"tiny","messages":[{"role":"user","content":"hello"}]}"#
    static let stream = #"{"model":"tiny","messages":[{"role":"user","content":"hello"}],"stream":true}"#
    static let answer =
        #"{"id":"1","object":"chat.completion","model":"tiny","choices":[{"index":0,"message":"#
        + #"{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"#
        + #""usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}"#
    static let usageEvent =
        #"{"id":"1","object":"chat.completion.chunk","model":"tiny","choices":[],"#
        + #""usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}"#

    static func delta(_ text: String) -> String {
        #"{"id":"1","object":"chat.completion.chunk","model":"tiny","choices":[{"index":0,"delta":{"content":""#
            + text + #""},"finish_reason":null}]}"#
    }

    static let stop =
        #"{"id":"1","object":"chat.completion.chunk","model":"tiny","#
        + #""choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
}
