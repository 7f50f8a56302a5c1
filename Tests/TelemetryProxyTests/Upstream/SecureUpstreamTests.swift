// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

@Suite(.timeLimit(.minutes(1)))
struct SecureUpstreamTests {
    @Test(arguments: ["localhost", "127.0.0.1"])
    func aTrustedEngineIsReached(host: String) async throws {
        try await TestCertificate.withFile { file in
            try await RawServer.with(tls: try TestCertificate.serverContext()) { server in
                let upstream = try UpstreamConfiguration(url: "https://\(host):\(server.port)", kind: .openAI)
                try await withProxy(before: [upstream], configuration: settings { $0.trust = .file(file) }) { proxy in
                    let client = try await proxy.connect()
                    try await client.post("/v1/chat/completions", Sample.stream, fields: "Authorization: Bearer k\r\n")
                    let engine = try await server.accept()
                    let request = try await engine.message()
                    #expect(request.field("Host") == "\(host):\(server.port)")
                    #expect(request.field("Authorization") == "Bearer k")
                    try await engine.beginStream()
                    _ = try await client.receive(until: "\r\n\r\n")
                    try await engine.event(Sample.delta("a"))
                    #expect(try await client.chunk() != nil)
                    try await engine.event(Sample.stop)
                    try await engine.event("[DONE]")
                    try await engine.endStream()
                    while try await client.chunk() != nil {}
                    #expect(try await proxy.sink.only().result.outcome == .completed)
                }
            }
        }
    }

    @Test func anEngineThatIsNotTrustedIsUnreachable() async throws {
        try await RawServer.with(tls: try TestCertificate.serverContext()) { server in
            let upstream = try UpstreamConfiguration(url: "https://localhost:\(server.port)")
            try await withProxy(before: [upstream]) { proxy in
                let client = try await proxy.connect()
                try await client.post("/v1/chat/completions", Sample.chat)
                let answer = try await client.answer()
                #expect(answer.status == 502)
                #expect(answer.field("X-Inferometer-Error") == "unreachable")
                #expect(try await proxy.sink.only().result.errorKind == .unreachable)
            }
        }
    }

    @Test func trustThatCannotBeReadIsAClearError() throws {
        var configuration = ProxyConfiguration()
        configuration.trust = .file("/nowhere/at/all.pem")
        configuration.upstreams = [try UpstreamConfiguration(url: "https://localhost:1")]
        let services = ProxyServices(sink: CollectingSink(), logger: CollectedLog().logger)
        let error = #expect(throws: ProxyError.self) {
            try RecordingProxy(configuration: configuration, services: services)
        }
        #expect(error?.code == .cannotTrust)
    }
}
