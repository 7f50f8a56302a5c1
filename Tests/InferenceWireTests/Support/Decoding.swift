// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting

@testable import InferenceWire

extension MeteredRoute {
    static let chat = MeteredRoute(method: "POST", path: "/v1/chat/completions")!
    static let completions = MeteredRoute(method: "POST", path: "/v1/completions")!
    static let embeddings = MeteredRoute(method: "POST", path: "/v1/embeddings")!
    static let responses = MeteredRoute(method: "POST", path: "/v1/responses")!
    static let messages = MeteredRoute(method: "POST", path: "/v1/messages")!
    static let ollamaChat = MeteredRoute(method: "POST", path: "/api/chat")!
    static let ollamaGenerate = MeteredRoute(method: "POST", path: "/api/generate")!
    static let ollamaEmbed = MeteredRoute(method: "POST", path: "/api/embed")!
}

extension RequestFacts {
    init(_ body: [UInt8], _ route: MeteredRoute) {
        self = body.withUnsafeBytes { RequestFacts(body: $0, route: route) }
    }

    init(_ body: String, _ route: MeteredRoute) {
        self.init(Array(body.utf8), route)
    }
}

extension MonotonicInstant {
    /// So many milliseconds after the send of a request in these tests.
    static func at(_ milliseconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 1_000_000_000 + Int64(milliseconds * 1e6))
    }
}

extension AnswerDecoder {
    init(_ route: MeteredRoute, request: RequestFacts, status: Int = 200, type: String?) {
        self.init(route: route, request: request, status: status, contentType: type, sentAt: .at(0))
    }

    mutating func consume(_ bytes: some Collection<UInt8>, at instant: MonotonicInstant) {
        Array(bytes).withUnsafeBytes { consume($0, at: instant) }
    }
}

/// Decodes text given in pieces that arrive a millisecond apart, beginning at 1 ms, and closes at 100 ms.
func decode(
    _ pieces: [String],
    as route: MeteredRoute = .chat,
    type: String? = "text/event-stream",
    request: String = #"{"stream":true}"#,
    status: Int = 200,
    cleanly: Bool = true
) -> InferenceObservation {
    var decoder = AnswerDecoder(route, request: RequestFacts(request, route), status: status, type: type)
    for (index, piece) in pieces.enumerated() { decoder.consume(Array(piece.utf8), at: .at(Double(index + 1))) }
    decoder.finish(at: .at(100), cleanly: cleanly)
    return decoder.observation
}

/// Decodes a stream of events, each of which arrives in a read of its own.
func decode(
    events: [String],
    as route: MeteredRoute = .chat,
    cleanly: Bool = true
) -> InferenceObservation {
    decode(events.map { "data: \($0)\n\n" }, as: route, cleanly: cleanly)
}

/// Decodes one body.
func decode(body: String, as route: MeteredRoute = .chat, cleanly: Bool = true) -> InferenceObservation {
    decode([body], as: route, type: "application/json", request: #"{"stream":false}"#, cleanly: cleanly)
}

extension CapturedExchange {
    var route: MeteredRoute? {
        MeteredRoute(method: request.method, path: String(request.path.prefix { $0 != "?" }))
    }

    func decoder(for route: MeteredRoute) -> AnswerDecoder {
        let request = RequestFacts(request.body, route)
        return AnswerDecoder(route, request: request, status: status, type: header("Content-Type"))
    }

    /// Decodes the body cut at positions, all of it arriving at once.
    func decode(as route: MeteredRoute, cutAt positions: [Int] = []) -> InferenceObservation {
        var decoder = decoder(for: route)
        var start = 0
        body.withUnsafeBytes { bytes in
            for end in positions + [bytes.count] {
                decoder.consume(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), at: .at(5))
                start = end
            }
        }
        decoder.finish(at: .at(9), cleanly: isWhole)
        return decoder.observation
    }

    /// Decodes the body as its reads came.
    func decodeAsRecorded(as route: MeteredRoute) -> InferenceObservation {
        var decoder = decoder(for: route)
        for read in reads { decoder.consume(read.bytes, at: .at(read.seconds * 1_000)) }
        decoder.finish(at: .at((arrivals.last?.seconds ?? 0) * 1_000), cleanly: isWhole)
        return decoder.observation
    }
}
