// Inferometer
// SPDX-License-Identifier: Apache-2.0

// A model of one's own, behind two closures: its calls are recorded like any other's.
//
// With MLX Swift (mlx-swift-lm) the second closure is this, and the first collects what it yields:
//
//     let container = try await LLMModelFactory.shared.loadContainer(configuration: .init(id: "mlx-community/..."))
//     ...
//     stream: { request in
//         let input = try await container.prepare(input: UserInput(prompt: request.messages.last?.content ?? ""))
//         let generations = try await container.generate(input: input, parameters: GenerateParameters())
//         return AsyncThrowingStream { continuation in
//             let work = Task {
//                 for await generation in generations {
//                     let now = TelemetryClock.system.instant()
//                     switch generation {
//                     case .chunk(let text): continuation.yield(InferenceChunk(text: text, arrivedAt: now))
//                     case .info(let info):
//                         continuation.yield(.end(prompt: info.promptTokenCount, completion: info.generationTokenCount))
//                     default: break
//                     }
//                 }
//                 continuation.finish()
//             }
//             continuation.onTermination = { _ in work.cancel() }
//         }
//     }

import Telemetry
import TelemetryTesting

let model = CountingModel()
let identity = EngineIdentity(
    kind: EngineKind(rawValue: "counting"),
    name: "in-process",
    isLocal: true,
    streamsTokens: true
)
let engine = ClosureEngine(
    identity,
    generate: { request in
        let words = model.words(for: request)
        return InferenceResponse(text: words.joined(), usage: .counted(prompt: 1, completion: words.count))
    },
    stream: { request in
        let words = model.words(for: request)
        return AsyncThrowingStream { continuation in
            for word in words {
                continuation.yield(InferenceChunk(text: word, arrivedAt: TelemetryClock.system.instant()))
            }
            continuation.yield(.end(prompt: 1, completion: words.count))
            continuation.finish()
        }
    }
)

let sink = RecordingSink()
let bus = EventBus()
bus.attach(sink)
let request = InferenceRequest(model: "counting", messages: [InferenceMessage(.user, "Count.")], maximumTokens: 8)
for try await chunk in try await InstrumentedEngine(engine, bus: bus).stream(request) {
    print(chunk.text, terminator: "")
}
print(
    "\nrecorded: \(sink.records.first?.tokens.completion ?? 0) tokens of \(sink.records.first?.identity.upstream ?? "?")"
)

// Whoever brings an engine can hold it to the contract, in a test of whatever framework.
let violations = await InferenceEngineConformance.check(engine, request: request)
print("conforms: \(violations.isEmpty)")
for violation in violations { print(violation) }
