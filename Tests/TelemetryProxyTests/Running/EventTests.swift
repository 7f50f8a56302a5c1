// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryProxy

/// What those hear who listen to the proxy's calls.
@Suite(.timeLimit(.minutes(1)))
struct EventTests {
    /// The events up to the record, in order.
    private func events(_ subscription: EventSubscription) async -> [TelemetryEvent] {
        var seen: [TelemetryEvent] = []
        for await event in subscription.events {
            seen.append(event)
            if case .recorded = event { break }
        }
        return seen
    }

    @Test func aStreamIsToldFromSendToRecord() async throws {
        let bus = EventBus()
        try await RawServer.with { server in
            let upstream = try UpstreamConfiguration(url: "http://127.0.0.1:\(server.port)")
            try await withProxy(before: [upstream], services: { $0.bus = bus }) { proxy in
                try await bus.withSubscription { subscription in
                    let client = try await proxy.connect()
                    try await client.post("/v1/chat/completions", Sample.stream)
                    let engine = try await server.accept()
                    _ = try await engine.message()
                    try await engine.beginStream()
                    for text in [Sample.delta("a"), Sample.delta("b"), Sample.stop, "[DONE]"] {
                        try await engine.event(text)
                    }
                    try await engine.endStream()
                    let record = try await proxy.sink.only()
                    let seen = await events(subscription)
                    try #require(seen.count == 4)
                    guard case .started(let start) = seen[0], case .firstToken(let id, let first) = seen[1],
                        case .ended(id, .completed, let end) = seen[2]
                    else {
                        Issue.record("\(seen)")
                        return
                    }
                    #expect(start.id == id && id == record.id)
                    #expect(start.model == "tiny" && start.operation == .chat)
                    #expect(start.upstream == "127.0.0.1:\(server.port)")
                    #expect(first - start.sentAt == record.timing.timeToFirstToken)
                    #expect(end - start.sentAt == record.timing.latency)
                    #expect(seen[3] == .recorded(record))
                }
            }
        }
    }

    @Test func aCallWithoutAnEngineIsToldToo() async throws {
        let bus = EventBus()
        let upstream = try UpstreamConfiguration(url: "http://127.0.0.1:1")
        try await withProxy(before: [upstream], services: { $0.bus = bus }) { proxy in
            try await bus.withSubscription { subscription in
                let client = try await proxy.connect()
                try await client.post("/v1/chat/completions", Sample.chat)
                _ = try await client.answer()
                let seen = await events(subscription)
                guard case .recorded(let record) = seen.last else { return }
                #expect(record.result.outcome == .failed)
                #expect(record.result.errorKind == .unreachable)
            }
        }
    }
}
