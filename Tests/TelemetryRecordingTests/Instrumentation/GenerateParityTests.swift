// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryRecording
import TelemetryTesting
import Testing

@Suite struct GenerateParityTests {
    static let suite = AsyncParitySuite(file: "generate", answer: answer)

    @Test func everyCaseComesOutRight() async {
        for failure in await Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() async {
        for change in await Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) async throws -> ParityAnswer {
        try parityCase.requireInput(["result", "latency_s", "energy"])
        let call = try ParityCall(energy: parityCase.input["energy"])
        let engine = ScriptedEngine(
            response: try response(parityCase.input["result"]),
            takes: try parityCase.duration("latency_s"),
            clock: call.clock
        )
        return try await call.answer(engine) { engine in
            _ = try await engine.generate(InferenceRequest(model: "m", messages: []))
        }
    }

    private static func response(_ value: ParityValue) throws -> InferenceResponse {
        let known: Set = ["content", "usage", "ttft"]
        guard known.isSuperset(of: value.members.keys) else { throw ParityError("unknown result \(value)") }
        var response = InferenceResponse(text: value["content"].string ?? "")
        response.usage = try usage(value["usage"])
        // A 0 is what the original says of a time that it does not know.
        if let first = value["ttft"].double, first != 0 {
            response.timings.timeToFirstToken = .nanoseconds(Int64((first * 1e9).rounded()))
        }
        return response
    }

    private static func usage(_ value: ParityValue) throws -> TokenUsage? {
        guard value != .null else { return nil }
        let known: Set = ["prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_evaluated"]
        guard known.isSuperset(of: value.members.keys) else { throw ParityError("unknown usage \(value)") }
        var usage = TokenUsage(source: .usage)
        usage.prompt = value["prompt_tokens"].int
        usage.completion = value["completion_tokens"].int
        usage.total = value["total_tokens"].int
        usage.promptEvaluated = value["prompt_tokens_evaluated"].int
        return usage
    }
}
