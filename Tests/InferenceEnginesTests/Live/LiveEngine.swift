// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InferenceEngines
import TelemetryCore
import TelemetryRecording
import TelemetryTesting

/// A real llama.cpp server, whose address `INFEROMETER_TEST_ENGINE` names; `make test` starts one.
enum LiveEngine {
    static let address = ProcessInfo.processInfo.environment["INFEROMETER_TEST_ENGINE"].flatMap {
        $0.isEmpty ? nil : $0
    }
    static var isThere: Bool { address != nil }

    static func engine(_ address: String? = address) -> OpenAICompatibleEngine {
        let address = address ?? ""
        let name = address.split(separator: "/").last.map(String.init) ?? address
        return OpenAICompatibleEngine(
            baseURL: address,
            identity: EngineIdentity(kind: .llamaCpp, name: name, isLocal: true)
        )
    }

    /// The model that the server has.
    static func model() async throws -> String {
        guard let model = try await engine().models().first else { throw Absent() }
        return model.id
    }

    static func request(_ tokens: Int, text: String = "Count to ten.") async throws -> InferenceRequest {
        InferenceRequest(
            model: try await model(),
            messages: [InferenceMessage(.user, text)],
            temperature: 0,
            maximumTokens: tokens
        )
    }

    struct Absent: Error {}
}

/// An instrumented engine with the records that it leaves.
struct Instrumented {
    let engine: InstrumentedEngine<OpenAICompatibleEngine>
    let sink = RecordingSink()

    init(_ engine: OpenAICompatibleEngine = LiveEngine.engine()) {
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        self.engine = InstrumentedEngine(engine, telemetry: telemetry)
    }

    /// The record of the only call.
    func record() throws -> TelemetryRecord {
        guard sink.records.count == 1, let record = sink.records.first else { throw LiveEngine.Absent() }
        return record
    }
}
