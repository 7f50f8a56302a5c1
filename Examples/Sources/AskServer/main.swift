// Inferometer
// SPDX-License-Identifier: Apache-2.0

// A server that answers by a model: AskServer ENGINE-URL DATABASE [PORT]
//
//   curl -N 127.0.0.1:PORT/ask -d 'Why is the sky blue?'     the answer, as it comes
//   curl 127.0.0.1:PORT/usage                                what all answers took together

import Foundation
import Hummingbird
import Telemetry
import TelemetryStorage

let arguments = CommandLine.arguments
guard arguments.count > 2 else {
    print("usage: AskServer ENGINE-URL DATABASE [PORT]")
    exit(64)
}

// The store keeps every record that the bus is told of; a full disk is the store's trouble, never the caller's.
let store = try TelemetryStore(path: arguments[2])
let bus = EventBus()
store.subscribe(to: bus)
let identity = EngineIdentity(kind: .llamaCpp, name: arguments[1], isLocal: true)
let client = OpenAICompatibleEngine(baseURL: arguments[1], identity: identity)
let engine = InstrumentedEngine(client, bus: bus, tags: CallTags(agent: "ask")) {
    PriceBook().price(of: $0, usage: $1)
}

let router = Router()
router.post("ask") { request, _ in
    let question = String(buffer: try await request.body.collect(upTo: 65_536))
    let messages = [InferenceMessage(.user, question)]
    let chunks = try await engine.stream(InferenceRequest(model: "any", messages: messages, maximumTokens: 128))
    // A client that leaves ends the loop by an error: the call is then recorded as cancelled.
    return Response(
        status: .ok,
        headers: [.contentType: "text/plain; charset=utf-8"],
        body: ResponseBody { writer in
            for try await chunk in chunks { try await writer.write(ByteBuffer(string: chunk.text)) }
            try await writer.finish(nil)
        }
    )
}
router.get("usage") { _, _ in
    try await store.flush()
    let aggregator = TelemetryAggregator(path: arguments[2])
    defer { aggregator.close() }
    return Usage(try await aggregator.summary())
}

let app = Application(
    router: router,
    configuration: ApplicationConfiguration(
        address: .hostname("127.0.0.1", port: arguments.dropFirst(3).first.flatMap { Int($0) } ?? 0)
    ),
    onServerRunning: { channel in
        print("Listening on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
        fflush(nil)
    }
)
try await app.runService()
try await store.close()
