// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import Testing

@testable import TelemetryProxy

@Suite(.timeLimit(.minutes(1)))
struct TimingTests {
    /// A client's own stopwatch, started before it sends and stopped after it has received, is never shorter.
    @Test func theRecordIsNeverLongerThanTheClientsStopwatch() async throws {
        try await withEngine { proxy, server in
            let client = try await proxy.connect()
            let clock = TelemetryClock.system
            try await client.post("/v1/models", "{}")
            let engine = try await server.accept()
            _ = try await engine.message()
            try await engine.answer("200 OK", "{}")
            _ = try await client.answer()
            var excess: [Duration] = []
            for count in 1...100 {
                let start = clock.instant()
                try await client.post("/v1/chat/completions", Sample.stream)
                _ = try await engine.message()
                try await engine.beginStream()
                try await engine.event(Sample.delta("a"))
                _ = try await client.receive(until: "\r\n\r\n")
                _ = try await client.chunk()
                let first = clock.instant() - start
                try await engine.event(Sample.stop)
                try await engine.event("[DONE]")
                try await engine.endStream()
                while try await client.chunk() != nil {}
                _ = try await client.receive(until: "\r\n")
                let last = clock.instant() - start
                let record = await proxy.sink.records(count: count)[count - 1]
                let ttft = try #require(record.timing.timeToFirstToken)
                let latency = try #require(record.timing.latency)
                #expect(ttft <= first)
                #expect(latency <= last)
                #expect(ttft <= latency)
                excess.append(first - ttft)
            }
            print("Client's time to first token beyond the record's, median:", excess.sorted()[50])
        }
    }

    @Test func aCallThatIsSentAgainIsTimedFromItsLastSend() async throws {
        let now = Mutex<Int64>(1_000)
        let clock = TelemetryClock(
            instant: { MonotonicInstant(nanoseconds: now.withLock { $0 }) },
            wall: { WallTime(microsecondsSinceEpoch: now.withLock { $0 } / 1_000) }
        )
        try await RawServer.with { server in
            let upstream = try UpstreamConfiguration(url: "http://127.0.0.1:\(server.port)")
            try await withProxy(before: [upstream], services: { $0.clock = clock }) { proxy in
                let client = try await proxy.connect()
                try await client.post("/v1/models", "{}")
                let first = try await server.accept()
                _ = try await first.message()
                try await first.answer("200 OK", "{}")
                _ = try await client.answer()
                try await client.post("/v1/chat/completions", Sample.chat)
                _ = try await first.message()
                now.withLock { $0 = 5_000_000_000 }
                await first.close()
                let second = try await server.accept()
                _ = try await second.message()
                now.withLock { $0 = 7_000_000_000 }
                try await second.answer("200 OK", Sample.answer)
                _ = try await client.answer()
                let record = try await proxy.sink.only()
                #expect(record.timing.latency == .seconds(2))
                #expect(record.timestamp.microsecondsSinceEpoch == 1)
            }
        }
    }
}
