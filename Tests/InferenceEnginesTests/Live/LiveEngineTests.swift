// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import TelemetryCore
import TelemetryRecording
import Testing

/// The clients before a real llama.cpp server with a model of random weights.
@Suite(.serialized, .enabled(if: LiveEngine.isThere), .timeLimit(.minutes(1)))
struct LiveEngineTests {
    @Test func itTellsItsModelAndHealth() async throws {
        let engine = LiveEngine.engine()
        #expect(await engine.isHealthy())
        #expect(engine.identity.serverAddress == "127.0.0.1")
        #expect(engine.identity.serverPort ?? 0 > 0)
        #expect(engine.capabilities.isSuperset(of: [.streaming, .tools, .usage, .timings]))
        let model = try #require(try await engine.models().first)
        #expect(model.parameterCount ?? 0 > 100_000)
        #expect(model.sizeSource == .engine)
        #expect(model.contextLength ?? 0 > 0)
        #expect(model.quantization?.isEmpty == false)
    }

    @Test func anAnswerInOnePiece() async throws {
        let instrumented = Instrumented()
        let response = try await instrumented.engine.generate(try await LiveEngine.request(16))
        #expect(response.usage?.completion == 16)
        #expect(response.finishReason == "length")
        #expect(response.httpStatus == 200)
        let record = try instrumented.record()
        #expect(record.result.outcome == .completed)
        #expect(record.tokens.completion == 16)
        #expect(record.tokens.source == .usage)
        #expect(record.tokens.prompt == response.usage?.prompt)
        #expect(record.identity.engine == .llamaCpp && record.price.costUSD == 0)
        let latency = try #require(record.timing.latency)
        #expect(try #require(record.timing.engineDecode) + (try #require(record.timing.enginePrefill)) <= latency)
        #expect(record.timing.timeToFirstToken == nil && record.timing.interTokenLatency == nil)
    }

    @Test func aStream() async throws {
        let instrumented = Instrumented()
        var text = ""
        for try await chunk in try await instrumented.engine.stream(try await LiveEngine.request(32)) {
            text += chunk.text
        }
        let record = try instrumented.record()
        #expect(!text.isEmpty)
        #expect(record.result.outcome == .completed)
        #expect(record.tokens.completion == 32)
        #expect(record.tokens.source == .usage)
        let latency = try #require(record.timing.latency)
        #expect(try #require(record.timing.timeToFirstToken) < latency)
        #expect(try #require(record.timing.timePerOutputToken) * 31 < latency)
        #expect(record.timing.chunkCount ?? 0 > 1)
        #expect(record.timing.engineDecode != nil)
    }

    /// A model of random weights calls no tool; what the server is asked with must be what it takes.
    @Test(arguments: [false, true])
    func aRequestWithToolsIsTaken(streaming: Bool) async throws {
        let instrumented = Instrumented()
        var request = try await LiveEngine.request(8, text: "What is the weather in Paris?")
        request.tools = [
            InferenceTool(
                name: "weather",
                summary: "Tells the weather.",
                parametersJSON: #"{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"#
            )
        ]
        request.messages.append(
            InferenceMessage(
                .assistant,
                "",
                toolCalls: [InferenceToolCall(id: "1", name: "weather", argumentsJSON: #"{"city":"Paris"}"#)]
            )
        )
        request.messages.append(InferenceMessage(.tool, "sunny", toolCallID: "1"))
        if streaming {
            for try await _ in try await instrumented.engine.stream(request) {}
        } else {
            _ = try await instrumented.engine.generate(request)
        }
        let record = try instrumented.record()
        #expect(record.result.outcome == .completed)
        #expect(record.tokens.completion == 8)
    }

    @Test(arguments: [false, true])
    func aRefusedRequestIsTheCallersErrorAndOneRecord(streaming: Bool) async throws {
        let instrumented = Instrumented()
        var request = try await LiveEngine.request(4)
        request.extraJSON["response_format"] = #"{"type":"no such format"}"#
        await #expect {
            if streaming {
                for try await _ in try await instrumented.engine.stream(request) {}
            } else {
                _ = try await instrumented.engine.generate(request)
            }
        } throws: {
            ($0 as? InferenceEngineError)?.code == .status
        }
        let record = try instrumented.record()
        #expect(record.result.outcome == .failed)
        #expect(record.result.errorKind == .clientStatus)
        #expect(record.result.httpStatus == 400)
        #expect(record.timing.latency != nil)
    }

    @Test func anEngineThatIsNotThere() async throws {
        let absent = LiveEngine.engine("http://127.0.0.1:1")
        #expect(await !absent.isHealthy())
        let instrumented = Instrumented(absent)
        let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "x")])
        await #expect(throws: InferenceEngineError.self) { try await instrumented.engine.generate(request) }
        let record = try instrumented.record()
        #expect(record.result.errorKind == .unreachable)
        #expect(record.result.httpStatus == nil)
    }

    @Test func anAbandonedStreamIsRecordedAndFreesTheEngine() async throws {
        let instrumented = Instrumented()
        let request = try await LiveEngine.request(4_000)
        try await readThree(instrumented.engine, request)
        let record = try instrumented.record()
        #expect(record.result.outcome == .cancelled)
        #expect(record.result.errorKind == .clientGone)
        #expect(record.tokens.completion == 3)
        #expect(record.tokens.source == .chunks)
        try await waitUntilIdle()
    }

    @Test func aCancelledReaderIsRecordedAndFreesTheEngine() async throws {
        let instrumented = Instrumented()
        let request = try await LiveEngine.request(4_000)
        let (started, begin) = AsyncStream<Void>.makeStream()
        let reader = Task {
            var count = 0
            for try await chunk in try await instrumented.engine.stream(request) where chunk.isPayload {
                count += 1
                if count == 3 { begin.yield() }
            }
            return count
        }
        for await _ in started { break }
        reader.cancel()
        _ = await reader.result
        let record = try instrumented.record()
        #expect(record.result.outcome == .cancelled)
        #expect(record.tokens.completion ?? 0 >= 3)
        try await waitUntilIdle()
    }

    @Test func aCancelledGenerateIsRecorded() async throws {
        let instrumented = Instrumented()
        let request = try await LiveEngine.request(4_000)
        let call = Task { try await instrumented.engine.generate(request) }
        let scraper = try VLLMMetricsScraper(address: LiveEngine.address ?? "")
        while try await scraper.scrape().runningRequests ?? 0 < 1 { await Task.yield() }
        call.cancel()
        await #expect(throws: (any Error).self) { try await call.value }
        let record = try instrumented.record()
        #expect(record.result.outcome == .cancelled)
        try await waitUntilIdle()
    }

    @Test func itsMetricsCountWhatWasAsked() async throws {
        let scraper = try VLLMMetricsScraper(address: LiveEngine.address ?? "")
        try await waitUntilIdle()
        let before = try await scraper.scrape()
        let response = try await LiveEngine.engine().generate(try await LiveEngine.request(20))
        let between = try await scraper.scrape().increase(since: before)
        #expect(between.engine == .llamaCpp)
        #expect(between.isIdle == true)
        #expect(between.generationTokens == Double(response.usage?.completion ?? 0))
        #expect(between.promptTokens == response.usage?.promptEvaluated.map(Double.init))
        #expect(between.generation ?? .zero > .zero)
    }

    private func readThree(
        _ engine: InstrumentedEngine<OpenAICompatibleEngine>,
        _ request: InferenceRequest
    ) async throws {
        var count = 0
        for try await chunk in try await engine.stream(request) where chunk.isPayload {
            count += 1
            if count == 3 { break }
        }
    }

    /// An engine that went on with what nobody reads would never be idle within the test's time.
    private func waitUntilIdle() async throws {
        let scraper = try VLLMMetricsScraper(address: LiveEngine.address ?? "")
        while try await scraper.scrape().isIdle != true { await Task.yield() }
    }
}
