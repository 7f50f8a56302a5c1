// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import TelemetryCore

/// What the simulated engine sends, and when: a value, made from a request's bytes alone.
struct SimulatedAnswer {
    /// Bytes, and how long after the bytes before them they go.
    struct Step {
        var delay: Duration
        var bytes: [UInt8]
    }

    var status = 200
    var contentType = "application/json"
    /// Whether the steps go out one by one; else their times add up and the bytes go out at once.
    var isStreaming = false
    var steps: [Step] = []

    /// The time that one token takes.
    static let timePerToken = Duration.milliseconds(8)

    /// The answer to a request.
    static func answer(method: String, path: String, body: [UInt8]) -> SimulatedAnswer {
        guard let route = MeteredRoute(method: method, path: path) else { return plain(path) }
        let facts = body.withUnsafeBytes { RequestFacts(body: $0, route: route) }
        guard !facts.isMalformed else {
            return SimulatedAnswer(
                status: 400,
                text: #"{"error":{"message":"The body is no JSON object.","type":"invalid_request_error"}}"#
            )
        }
        let text = SimulatedText(body: body, promptBytes: facts.promptBytes, limit: limit(in: body))
        let format = SimulatedFormat(route: route, facts: facts, text: text)
        return route.operation == .embedding
            ? SimulatedAnswer(text: format.embedding, delay: firstDelay(text))
            : facts.isStreaming ? streamed(format, text) : whole(format, text)
    }

    private static func streamed(_ format: SimulatedFormat, _ text: SimulatedText) -> SimulatedAnswer {
        var answer = SimulatedAnswer()
        answer.isStreaming = true
        answer.contentType = format.streamType
        answer.steps = [Step(delay: .zero, bytes: format.opening)]
        for (index, token) in text.tokens.enumerated() {
            answer.steps.append(Step(delay: index == 0 ? firstDelay(text) : timePerToken, bytes: format.delta(token)))
        }
        answer.steps.append(Step(delay: .zero, bytes: format.closing))
        answer.steps.removeAll { $0.bytes.isEmpty }
        return answer
    }

    private static func whole(_ format: SimulatedFormat, _ text: SimulatedText) -> SimulatedAnswer {
        SimulatedAnswer(text: format.whole, delay: firstDelay(text) + timePerToken * (text.tokens.count - 1))
    }

    private init() {}

    private init(status: Int = 200, text: String, delay: Duration = .zero) {
        self.status = status
        steps = [Step(delay: delay, bytes: Array(text.utf8))]
    }

    private static func plain(_ path: String) -> SimulatedAnswer {
        switch path {
        case "/health", "/": SimulatedAnswer(text: #"{"status":"ok"}"#)
        case "/v1/models":
            SimulatedAnswer(
                text: #"{"object":"list","data":[{"id":"simulated","object":"model","owned_by":"simulated"}]}"#
            )
        default:
            SimulatedAnswer(status: 404, text: #"{"error":{"message":"Not found.","type":"invalid_request_error"}}"#)
        }
    }

    /// Work on the prompt: a fixed part, and 0.2 ms a token.
    private static func firstDelay(_ text: SimulatedText) -> Duration {
        .milliseconds(40) + .microseconds(200 * min(text.promptTokens, 10_000))
    }

    /// The number after the first key that limits the output; a scan, since nothing else of the body matters.
    private static func limit(in body: [UInt8]) -> Int? {
        for key in ["\"max_tokens\"", "\"max_completion_tokens\"", "\"max_output_tokens\"", "\"num_predict\""] {
            guard let found = body.firstRange(of: Array(key.utf8)) else { continue }
            let digits = body[found.upperBound...].drop { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: " ") }
                .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if let limit = Int(String(decoding: digits, as: UTF8.self)), limit > 0 { return limit }
        }
        return nil
    }
}
