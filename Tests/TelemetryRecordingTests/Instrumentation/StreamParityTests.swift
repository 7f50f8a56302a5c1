// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ParitySupport
import TelemetryCore
import TelemetryRecording
import TelemetryTesting
import Testing

@Suite struct StreamParityTests {
    static let suite = AsyncParitySuite(file: "stream", answer: answer)

    @Test func everyCaseComesOutRight() async {
        for failure in await Self.suite.failures() { Issue.record("\(failure)") }
    }

    @Test func noChangedNumberGoesUnnoticed() async {
        for change in await Self.suite.unnoticedChanges() { Issue.record("unnoticed: \(change)") }
    }

    @Sendable static func answer(_ parityCase: ParityCase) async throws -> ParityAnswer {
        try parityCase.requireInput(["token_times_s", "end_s", "energy"])
        let call = try ParityCall(energy: parityCase.input["energy"])
        let times = try parityCase.numbers("token_times_s") + [try parityCase.number("end_s")]
        let instants = times.map { Duration.nanoseconds(Int64(($0 * 1e9).rounded())) }
        var steps: [ScriptedEngine.Step] = []
        var before = Duration.zero
        for instant in instants {
            // The last step is the end of the stream: an event without a payload.
            let isEnd = steps.count == instants.count - 1
            steps.append(.text(isEnd ? "" : "t", after: instant - before))
            before = instant
        }
        let engine = ScriptedEngine(chunks: steps, clock: call.clock)
        return try await call.answer(engine) { engine in
            for try await _ in try await engine.stream(InferenceRequest(model: "m", messages: [])) {}
        }
    }
}
