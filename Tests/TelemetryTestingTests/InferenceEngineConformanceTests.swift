// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

/// An engine that breaks one rule, or none.
private struct BrokenEngine: InferenceEngine {
    var identity = EngineIdentity(kind: .unknown, name: "broken", isLocal: true, streamsTokens: true)
    var isWell = true
    var names = ["m"]
    var response = InferenceResponse(text: "ab", usage: .counted(completion: 2))
    var chunks = [InferenceChunk(text: "a"), InferenceChunk(text: "b"), .last(completion: 2)]
    var failure: ScriptedFailure?
    /// Whether a stream ends once its reader is cancelled.
    var obeysCancellation = true

    func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        if let failure { throw failure }
        return response
    }

    func stream(_ request: InferenceRequest) async throws -> BrokenChunks {
        if let failure { throw failure }
        return BrokenChunks(rest: chunks[...], obeysCancellation: obeysCancellation)
    }

    func models() async throws -> [EngineModel] {
        names.map { EngineModel(id: $0) }
    }

    func isHealthy() async -> Bool { isWell }
}

private struct BrokenChunks: AsyncSequence, AsyncIteratorProtocol, Sendable {
    typealias Element = InferenceChunk

    var rest: ArraySlice<InferenceChunk>
    let obeysCancellation: Bool

    func makeAsyncIterator() -> BrokenChunks { self }

    mutating func next() async throws -> InferenceChunk? {
        obeysCancellation && Task.isCancelled ? nil : rest.popFirst()
    }
}

extension TokenUsage {
    fileprivate static func counted(prompt: Int = 5, completion: Int) -> TokenUsage {
        var usage = TokenUsage(source: .usage)
        usage.prompt = prompt
        usage.completion = completion
        return usage
    }
}

extension InferenceChunk {
    fileprivate static func last(completion: Int) -> InferenceChunk {
        var chunk = InferenceChunk()
        chunk.finishReason = "stop"
        chunk.usage = .counted(completion: completion)
        return chunk
    }
}

@Suite struct InferenceEngineConformanceTests {
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])
    private let clock = ManualClock()

    private func rules(_ change: (inout BrokenEngine) -> Void) async -> [String] {
        var engine = BrokenEngine()
        change(&engine)
        return await InferenceEngineConformance.check(engine, request: request, clock: clock.clock).map(\.rule)
    }

    @Test func anEngineThatKeepsEveryRuleConforms() async {
        #expect(await rules { _ in } == [])
    }

    @Test func theScriptedEngineConforms() async {
        let streaming = ScriptedEngine(
            chunks: [.text("a", after: .seconds(1)), .text("b", after: .seconds(1))],
            clock: clock
        )
        // It answers either in one piece or as a stream, as its test wants it.
        #expect(
            await InferenceEngineConformance.check(streaming, request: request, clock: clock.clock).map(\.rule) == [
                "answer"
            ]
        )
    }

    @Test func whatAnEngineSaysOfItselfIsChecked() async {
        #expect(await rules { $0.identity.name = "" } == ["identity"])
        #expect(await rules { $0.isWell = false } == ["health"])
        #expect(await rules { $0.names = ["m", "m"] } == ["models"])
        #expect(await rules { $0.names = [""] } == ["models"])
    }

    @Test func answersAreChecked() async {
        #expect(await rules { $0.response = InferenceResponse() } == ["answer"])
        #expect(await rules { $0.response.usage?.completion = -1 } == ["usage"])
        #expect(await rules { $0.response.usage?.cached = 6 } == ["usage"])
        #expect(await rules { $0.response.usage?.reasoning = 3 } == ["usage"])
    }

    @Test func streamsAreChecked() async {
        #expect(await rules { $0.chunks = [.last(completion: 0)] } == ["stream", "at-once"])
        #expect(await rules { $0.chunks[2] = .last(completion: 3) } == ["one-token-each"])
        #expect(await rules { $0.chunks.append(InferenceChunk(text: "c")) }.contains("finish"))
        #expect(
            await rules { engine in
                engine.chunks[0].usage = .counted(completion: 3)
            } == ["usage-order"]
        )
    }

    @Test func timesOfArrivalAreChecked() async {
        let now = clock.now
        #expect(
            await rules { engine in
                engine.chunks[0].arrivedAt = now.advanced(by: .seconds(1))
                engine.chunks[1].arrivedAt = now
            } == ["arrival-order", "arrival-time"]
        )
        #expect(await rules { $0.chunks[0].arrivedAt = now.advanced(by: .seconds(-1)) } == ["arrival-time"])
        #expect(await rules { $0.chunks[0].arrivedAt = now } == [])
    }

    @Test(arguments: [(true, []), (false, ["cancellation"])])
    func aCancelledReaderIsLetGo(_ obeys: Bool, _ expected: [String]) async {
        let found = await rules { engine in
            engine.chunks = Array(repeating: InferenceChunk(text: "x"), count: 200)
            engine.obeysCancellation = obeys
        }
        #expect(found == expected)
    }

    @Test func anEngineThatFailsIsToldApart() async {
        let found = await rules { $0.failure = ScriptedFailure(errorKind: .serverStatus, httpStatus: 500) }
        #expect(found == ["generate", "stream"])
    }

    @Test func refusalsAreChecked() async {
        #expect(
            await InferenceEngineConformance.checkRefusal(BrokenEngine(), of: request).map(\.rule)
                == ["refusal", "stream-refusal"]
        )
        var engine = BrokenEngine()
        engine.failure = ScriptedFailure(errorKind: .clientStatus, httpStatus: 404)
        #expect(await InferenceEngineConformance.checkRefusal(engine, of: request) == [])
        engine.failure = ScriptedFailure(errorKind: .serverStatus, httpStatus: 404)
        #expect(await InferenceEngineConformance.checkRefusal(engine, of: request).map(\.rule) == ["error-kind"])
    }
}
