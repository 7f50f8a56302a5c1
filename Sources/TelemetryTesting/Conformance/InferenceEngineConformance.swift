// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Checks that an engine keeps the contract of `InferenceEngine`.
public enum InferenceEngineConformance {
    /// So many events may still come of a stream whose reader was cancelled: what had arrived by then.
    private static let lateEvents = 64

    /// Asks a working engine for answers in one piece and as streams, and tells what it does that no engine may.
    ///
    /// - Parameters:
    ///   - engine: The engine, ready to answer.
    ///   - request: A request that it answers with at least two events. To see that cancelling works, let the answer
    ///     be longer than 64 events.
    ///   - clock: The clock by which the engine says when bytes came.
    /// - Returns: The rules that it breaks, each once; none if it conforms.
    public static func check(
        _ engine: some InferenceEngine,
        request: InferenceRequest,
        clock: TelemetryClock = .system
    ) async -> [ConformanceViolation] {
        var found: [ConformanceViolation] = []
        found.require(!engine.identity.name.isEmpty, "identity", "the engine has no name")
        found.require(await engine.isHealthy(), "health", "an engine that answers must say that it is healthy")
        await checkModels(of: engine, &found)
        do {
            checkAnswer(try await engine.generate(request), &found)
        } catch {
            found.require(false, "generate", "an answer in one piece failed: \(error)")
        }
        do {
            let asked = clock.instant()
            checkStream(try await collect(engine, request, clock), of: engine, asked: asked, &found)
            // Calls share nothing: two at once are two whole answers.
            async let one = collect(engine, request, clock)
            async let other = collect(engine, request, clock)
            for events in [try await one, try await other] {
                found.require(events.contains { $0.chunk.isPayload }, "at-once", "of two streams at once one is empty")
            }
        } catch {
            found.require(false, "stream", "a stream failed: \(error)")
        }
        await checkCancellation(of: engine, request, &found)
        return found
    }

    /// Asks for what the engine must refuse, such as a model that it does not have.
    ///
    /// - Parameters:
    ///   - engine: The engine.
    ///   - request: A request that it cannot answer.
    /// - Returns: The rules that it breaks, each once; none if it conforms.
    public static func checkRefusal(
        _ engine: some InferenceEngine,
        of request: InferenceRequest
    ) async -> [ConformanceViolation] {
        var found: [ConformanceViolation] = []
        do {
            _ = try await engine.generate(request)
            found.require(false, "refusal", "what cannot be answered in one piece must throw")
        } catch {
            checkFailure(error, &found)
        }
        do {
            for try await _ in try await engine.stream(request) {}
            found.require(false, "stream-refusal", "what cannot be streamed must throw, at once or while it is read")
        } catch {
            checkFailure(error, &found)
        }
        return found
    }

    private static func checkFailure(_ error: any Error, _ found: inout [ConformanceViolation]) {
        guard let failure = error as? any InferenceEngineFailure, let status = failure.httpStatus else { return }
        let kind: CallErrorKind? = status >= 500 ? .serverStatus : status >= 400 ? .clientStatus : nil
        found.require(
            kind == nil || failure.errorKind == kind,
            "error-kind",
            "status \(status) was called \(failure.errorKind.rawValue)"
        )
    }

    private static func checkModels(of engine: some InferenceEngine, _ found: inout [ConformanceViolation]) async {
        do {
            let names = try await engine.models().map(\.id)
            found.require(!names.contains(""), "models", "a model has no name")
            found.require(Set(names).count == names.count, "models", "two models have one name")
        } catch {
            found.require(false, "models", "the models cannot be listed: \(error)")
        }
    }

    private static func checkAnswer(_ response: InferenceResponse, _ found: inout [ConformanceViolation]) {
        let isEmpty = response.text.isEmpty && response.reasoning.isEmpty && response.toolCalls.isEmpty
        found.require(!isEmpty, "answer", "the answer has no text, no reasoning and no tool call")
        if let usage = response.usage { checkUsage(usage, &found) }
    }

    private static func checkUsage(_ usage: TokenUsage, _ found: inout [ConformanceViolation]) {
        let counts = [
            usage.prompt, usage.cached, usage.promptEvaluated, usage.completion, usage.reasoning, usage.cacheWritten,
        ]
        found.require(counts.allSatisfy { ($0 ?? 0) >= 0 }, "usage", "a count of tokens is negative")
        found.require(
            (usage.cached ?? 0) <= (usage.prompt ?? .max) && (usage.reasoning ?? 0) <= (usage.completion ?? .max),
            "usage",
            "cached tokens are part of the prompt, reasoning is part of the output: no more than those"
        )
    }
}

// MARK: - Streams

extension InferenceEngineConformance {
    private struct Event: Sendable {
        var chunk: InferenceChunk
        var readAt: MonotonicInstant
    }

    private static func collect(
        _ engine: some InferenceEngine,
        _ request: InferenceRequest,
        _ clock: TelemetryClock
    ) async throws -> [Event] {
        var events: [Event] = []
        for try await chunk in try await engine.stream(request) {
            events.append(Event(chunk: chunk, readAt: clock.instant()))
        }
        return events
    }

    private static func checkStream(
        _ events: [Event],
        of engine: some InferenceEngine,
        asked: MonotonicInstant,
        _ found: inout [ConformanceViolation]
    ) {
        let chunks = events.map(\.chunk)
        let payloads = chunks.count { $0.isPayload }
        found.require(payloads > 0, "stream", "a stream ended without text, reasoning or tool call")
        let arrivals = chunks.compactMap(\.arrivedAt)
        found.require(arrivals == arrivals.sorted(), "arrival-order", "an event arrived before the one ahead of it")
        found.require(
            events.allSatisfy { event in event.chunk.arrivedAt.map { (asked...event.readAt).contains($0) } ?? true },
            "arrival-time",
            "an event arrived before it was asked for, or after it was read: is it another clock?"
        )
        for usage in chunks.compactMap(\.usage) { checkUsage(usage, &found) }
        let counts = chunks.compactMap { $0.usage?.completion }
        found.require(counts == counts.sorted(), "usage-order", "the count of output tokens fell while it streamed")
        if engine.identity.streamsTokens, let count = counts.last {
            found.require(
                payloads == count,
                "one-token-each",
                "\(payloads) events held \(count) tokens, though the engine says that each is one"
            )
        }
        let afterEnd = chunks.drop { $0.finishReason == nil }.dropFirst().contains { $0.isPayload }
        found.require(!afterEnd, "finish", "text came after the event that said why the engine had stopped")
    }

    private static func checkCancellation(
        of engine: some InferenceEngine,
        _ request: InferenceRequest,
        _ found: inout [ConformanceViolation]
    ) async {
        let reader = Task {
            var late = 0
            do {
                for try await chunk in try await engine.stream(request) {
                    if Task.isCancelled { late += 1 }
                    // The reader is cancelled between two events, as a person who stops an answer does.
                    if chunk.isPayload { withUnsafeCurrentTask { $0?.cancel() } }
                }
            } catch {
                // Ending and throwing are both an end.
            }
            return late
        }
        let late = await reader.value
        found.require(
            late <= lateEvents,
            "cancellation",
            "\(late) events came after the reader was cancelled: a stream must end then"
        )
    }
}
