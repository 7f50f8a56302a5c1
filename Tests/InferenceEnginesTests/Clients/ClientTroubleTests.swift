// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import TelemetryCore
import TelemetryRecording
import TelemetryTesting
import Testing

@testable import InferenceEngines

/// Our clients before engines in trouble: what had come is given, the rest is one error and one record.
@Suite struct ClientTroubleTests {
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    private func openAI(_ server: StepServer, patience: Duration = .seconds(30)) -> OpenAICompatibleEngine {
        OpenAICompatibleEngine(
            baseURL: "http://" + server.address,
            identity: EngineIdentity(kind: .vllm, name: "x", isLocal: true),
            patience: patience
        )
    }

    private func ollama(_ server: StepServer) -> OllamaEngine {
        OllamaEngine(
            baseURL: "http://" + server.address,
            identity: EngineIdentity(kind: .ollama, name: "x", isLocal: true)
        )
    }

    /// Reads a stream to its end; the texts, and the error if it ended with one.
    private func read(_ engine: some InferenceEngine) async -> (texts: [String], error: (any Error)?) {
        var texts: [String] = []
        do {
            for try await chunk in try await engine.stream(request) where chunk.isPayload { texts.append(chunk.text) }
            return (texts, nil)
        } catch {
            return (texts, error)
        }
    }

    private func wait(until condition: () -> Bool) async {
        while !condition(), !Task.isCancelled { await Task.yield() }
    }

    /// Events that came whole are given, also where the one behind them in the same read cannot be read.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["data: {broken\n\n", "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"]
    )
    func eventsBeforeABrokenOneAreGiven(broken: String) async throws {
        let body = HTTPText.head() + HTTPText.event("a") + HTTPText.event("b") + broken + HTTPText.event("c")
        let server = try StepServer([.send(body)])
        let instrumented = Instrumented(openAI(server))
        let (texts, error) = await read(instrumented.engine)
        #expect(texts == ["a", "b"])
        let failure = try #require(error as? InferenceEngineError)
        let isMalformed = broken.contains("broken")
        #expect(failure.code == (isMalformed ? .malformed : .inStream))
        #expect(!failure.description.contains("out of memory"))
        let record = try instrumented.record()
        #expect(record.result.outcome == .failed)
        #expect(record.result.errorKind == (isMalformed ? .malformed : .engineError))
        #expect(record.tokens.completion == 2 && record.tokens.source == .chunks)
    }

    enum Cut: CaseIterable {
        case betweenChunks, inAChunk, reset

        var steps: [StepServer.Step] {
            let start = HTTPText.chunkedHead + HTTPText.chunk(HTTPText.event("a"))
            switch self {
            case .betweenChunks: return [.send(start)]
            case .inAChunk: return [.send(start + "40\r\ndata: {\"cho")]
            case .reset: return [.send(start), .hold, .reset]
            }
        }
    }

    /// An engine that breaks off in the midst of its answer: the answer is cut short, and said to be.
    @Test(.timeLimit(.minutes(1)), arguments: Cut.allCases)
    func anEngineThatBreaksOffLeavesACutAnswer(_ cut: Cut) async throws {
        let server = try StepServer(cut.steps)
        let instrumented = Instrumented(openAI(server))
        var texts: [String] = []
        await #expect(throws: InferenceEngineError.self) {
            for try await chunk in try await instrumented.engine.stream(request) {
                texts.append(chunk.text)
                server.release()
            }
        }
        #expect(texts == ["a"])
        let record = try instrumented.record()
        #expect(record.result.outcome == .truncated && record.result.errorKind == .reset)
        #expect(record.result.httpStatus == 200 && record.tokens.completion == 1)
    }

    /// A body that ends by closing, without a finish reason, was broken off too.
    @Test(.timeLimit(.minutes(1)))
    func aStreamThatEndsByClosingWithoutAReasonIsCutShort() async throws {
        let server = try StepServer([.send(HTTPText.head() + HTTPText.event("a") + HTTPText.event("b"))])
        let instrumented = Instrumented(openAI(server))
        let (texts, _) = await read(instrumented.engine)
        #expect(texts == ["a", "b"])
        #expect(try instrumented.record().result.outcome == .truncated)
    }

    @Test(.timeLimit(.minutes(1)))
    func anEngineThatClosesWithoutAByteIsAskedOnceMore() async throws {
        let server = try StepServer([])
        let instrumented = Instrumented(openAI(server))
        let (texts, error) = await read(instrumented.engine)
        #expect(texts.isEmpty && error is InferenceEngineError)
        #expect(server.requests.count == 2)
        let record = try instrumented.record()
        #expect(record.result.outcome == .failed && record.result.errorKind == .reset)
        #expect(record.result.httpStatus == nil)
    }

    /// An engine that never begins: patience ends, and the engine is told to stop.
    @Test(.timeLimit(.minutes(1)))
    func aSilentEngineIsATimeout() async throws {
        let server = try StepServer([.awaitClient])
        let instrumented = Instrumented(openAI(server, patience: .milliseconds(80)))
        let error = await #expect(throws: InferenceEngineError.self) { try await instrumented.engine.generate(request) }
        #expect(error?.code == .timeout && error?.errorKind == .timeout)
        let record = try instrumented.record()
        #expect(record.result.outcome == .failed && record.result.errorKind == .timeout)
        await wait { server.departures == 1 }
        #expect(server.departures == 1)
    }

    /// Patience is for the answer's beginning: once it has begun, generation may take as long as it likes.
    @Test(.timeLimit(.minutes(1)))
    func anAnswerThatHasBegunIsNotCutByPatience() async throws {
        let server = try StepServer([
            .send(HTTPText.head() + HTTPText.event("a")), .hold, .send(HTTPText.event("b") + HTTPText.lastEvent),
        ])
        let clock = TelemetryClock.system
        let start = clock.instant()
        var texts: [String] = []
        for try await chunk in try await openAI(server, patience: .milliseconds(100)).stream(request)
        where chunk.isPayload {
            texts.append(chunk.text)
            if chunk.text == "a" {
                await wait { clock.instant() - start > .milliseconds(250) }
                server.release()
            }
        }
        #expect(texts == ["a", "b"])
    }

    /// A reader whose task is cancelled, and one that no longer reads: the engine is told to stop either way.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func anAbandonedStreamStopsTheEngine(byCancelling: Bool) async throws {
        let server = try StepServer([.send(HTTPText.head() + HTTPText.event("a")), .awaitClient])
        let instrumented = Instrumented(openAI(server))
        let reader = Task {
            for try await _ in try await instrumented.engine.stream(request) {
                guard byCancelling else { break }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        _ = await reader.result
        await wait { server.departures == 1 && !instrumented.sink.records.isEmpty }
        #expect(server.departures == 1)
        let record = try instrumented.record()
        #expect(record.result.outcome == .cancelled && record.result.errorKind == .clientGone)
        #expect(record.tokens.completion == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func acallThatIsCancelledBeforeItsAnswerIsCancelled() async throws {
        let server = try StepServer([.awaitClient])
        let instrumented = Instrumented(openAI(server))
        let call = Task { try await instrumented.engine.generate(request) }
        await wait { !server.requests.isEmpty }
        call.cancel()
        let result = await call.result
        #expect(throws: CancellationError.self) { try result.get() }
        await wait { server.departures == 1 }
        let record = try instrumented.record()
        #expect(record.result.outcome == .cancelled && record.result.errorKind == .clientGone)
    }

    /// Numbers that cannot be right are absent from the record, and harm nobody.
    @Test(.timeLimit(.minutes(1)), arguments: ["1e300", "-1e300", "-5", "1e18"])
    func timingsThatCannotBeAreAbsent(_ number: String) async throws {
        let body =
            #"{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"timings":{"prompt_ms":\#(number),"#
            + #""predicted_ms":\#(number),"prompt_n":-3,"cache_n":-4},"#
            + #""usage":{"prompt_tokens":-1,"completion_tokens":-2,"total_tokens":-3}}"#
        let server = try StepServer([.send(HTTPText.whole(body))])
        let response = try await openAI(server).generate(request)
        #expect(response.text == "x")
        #expect(response.timings == EngineTimings())
        let usage = response.usage
        #expect(usage?.prompt == nil && usage?.completion == nil && usage?.total == nil && usage?.cached == nil)
        #expect(usage?.promptEvaluated == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func ollamasNumbersThatCannotBeAreAbsent() async throws {
        let body =
            #"{"model":"m","message":{"content":"x"},"done":true,"prompt_eval_count":-1,"eval_count":-7,"#
            + #""load_duration":-5,"eval_duration":9223372036854775807,"prompt_eval_duration":1000}"#
        let server = try StepServer([.send(HTTPText.whole(body))])
        let response = try await ollama(server).generate(request)
        #expect(response.usage?.prompt == nil && response.usage?.completion == nil)
        #expect(response.timings.load == nil && response.timings.decode == nil)
        #expect(response.timings.prefill == .microseconds(1))
    }

    /// The last line counts, also where the engine closes without ending it.
    @Test(.timeLimit(.minutes(1)), arguments: ["\n", ""])
    func ollamasLastLineIsRead(ending: String) async throws {
        let lines = [
            #"{"model":"m","message":{"role":"assistant","content":"a"},"done":false}"#,
            #"{"model":"m","message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":1}"#,
        ]
        let server = try StepServer([
            .send(HTTPText.head("application/x-ndjson") + lines.joined(separator: "\n") + ending)
        ])
        var chunks: [InferenceChunk] = []
        for try await chunk in try await ollama(server).stream(request) { chunks.append(chunk) }
        #expect(chunks.map(\.text) == ["a", ""])
        #expect(chunks.last?.finishReason == "stop" && chunks.last?.usage?.completion == 1)
        #expect(chunks.last?.usage?.prompt == 3 && chunks.allSatisfy { $0.arrivedAt != nil })
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "<html></html>", "[]", "{\"choices\":7}", "", "null", "{\"choices\":[{\"message\":{\"content\":5}}]}",
        ]
    )
    func anAnswerThatIsNotTheAPIsIsMalformed(_ body: String) async throws {
        let server = try StepServer([.send(HTTPText.whole(body))])
        let instrumented = Instrumented(openAI(server))
        let error = await #expect(throws: InferenceEngineError.self) { try await instrumented.engine.generate(request) }
        #expect(error?.code == .malformed)
        #expect(try instrumented.record().result.errorKind == .malformed)
    }

    /// Law 8: an address that cannot be right is refused as such, before anything is sent.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["localhost:8000", "", "http://", "ftp://127.0.0.1", "127.0.0.1:8000", "http:// x"]
    )
    func anAddressThatIsNoURLIsRefused(_ address: String) async throws {
        let engine = OpenAICompatibleEngine(
            baseURL: address,
            identity: EngineIdentity(kind: .vllm, name: "x", isLocal: true)
        )
        let error = await #expect(throws: InferenceEngineError.self) { try await engine.generate(request) }
        #expect(error?.code == .invalidRequest, "\(String(describing: error?.cause))")
        #expect(await !engine.isHealthy())
    }

    /// A key within the address is for the engine alone: nothing that is recorded or traced may show it.
    @Test(arguments: [
        ("http://user:secret@example.test:8080/v1", "example.test", 8_080), ("https://secret@[::1]", "::1", 443),
        ("http://[::1]:11434/", "::1", 11_434), ("http://example.test", "example.test", 80),
        ("HTTPS://example.test/x:1", "example.test", 443), ("http://example.test:99?key=secret", "example.test", 99),
    ])
    func theAddressOfATraceHoldsNoKey(_ url: String, _ host: String, _ port: Int) {
        let identity = EngineIdentity(kind: .openAI, name: "x", isLocal: false)
        for made in [
            OpenAICompatibleEngine(baseURL: url, identity: identity).identity,
            OllamaEngine(baseURL: url, identity: identity).identity,
        ] {
            #expect(made.serverAddress == host && made.serverPort == port)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aRecordThatAProxyMadeIsAdopted() async throws {
        let id = RecordID(high: 0x018f_3c2a_7b1d_7e4f, low: 0x9a0b_1c2d_3e4f_5a6b)
        let head = HTTPText.head(extra: "X-Inferometer-Record: \(id)\r\n")
        let server = try StepServer([.send(head + HTTPText.event("a") + HTTPText.event("b") + HTTPText.lastEvent)])
        var ids: [RecordID?] = []
        for try await chunk in try await openAI(server).stream(request) { ids.append(chunk.recordedAs) }
        #expect(ids == [id, nil, nil])
    }
}
