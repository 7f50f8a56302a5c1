// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting

/// What a capture says, read a second time in the plainest way there is: Foundation's parser over the whole text.
///
/// It shares nothing with the decoder, and knows the habits of each engine by the name of its folder.
struct ReferenceReader {
    var prompt: Int?
    var cached: Int?
    var completion: Int?
    var reasoning: Int?
    var isFromTimings = false
    var model: String?
    var finishReason: String?
    var isFinished = false
    var payloadEvents = 0
    var firstPayload: Double?
    var firstAnswer: Double?
    var lastPayload: Double?
    var prefillMilliseconds: Double?
    var decodeMilliseconds: Double?

    private let exchange: CapturedExchange
    private var isLlama: Bool { exchange.name.hasPrefix("llamacpp") }
    private var path: String { exchange.request.path }

    init(_ exchange: CapturedExchange) throws {
        self.exchange = exchange
        guard (200..<300).contains(exchange.status) else { return }
        if exchange.header("content-type")?.hasPrefix("text/event-stream") == true {
            try readStream()
        } else {
            try readBody()
        }
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    private mutating func readBody() throws {
        let body = try object(Data(exchange.body))
        isFinished = true
        note(body)
        let choices = body["choices"] as? [[String: Any]] ?? []
        finishReason = choices.first?["finish_reason"] as? String
        // llama.cpp counts the first choice of several; the captured ones were all cut at the same limit.
        if isLlama, choices.count > 1 {
            precondition(choices.allSatisfy { $0["finish_reason"] as? String == "length" })
            completion = completion.map { $0 * choices.count }
        }
    }

    private mutating func readStream() throws {
        var arrived: [(end: Int, seconds: Double)] = []
        for read in exchange.reads { arrived.append(((arrived.last?.end ?? 0) + read.bytes.count, read.seconds)) }
        var offset = 0
        for block in split(exchange.body) {
            offset += block.count
            let lines = String(decoding: block, as: UTF8.self).components(separatedBy: "\n")
            guard let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6) else { continue }
            if data == "[DONE]" {
                isFinished = true
            } else if block.suffix(2) == [10, 10] {
                let seconds = arrived.first { $0.end >= offset }?.seconds ?? 0
                readEvent(try object(Data(data.utf8)), at: seconds)
            }
        }
    }

    // Events with the empty line that ends each.
    private func split(_ body: [UInt8]) -> [[UInt8]] {
        var blocks: [[UInt8]] = [[]]
        for byte in body {
            blocks[blocks.count - 1].append(byte)
            if blocks[blocks.count - 1].suffix(2) == [10, 10] { blocks.append([]) }
        }
        return blocks
    }

    private mutating func readEvent(_ event: [String: Any], at seconds: Double) {
        note(event)
        switch path {
        case "/v1/messages": readMessage(event, seconds)
        case "/v1/responses": readResponse(event, seconds)
        default: readChunk(event, seconds)
        }
    }

    private mutating func readChunk(_ event: [String: Any], _ seconds: Double) {
        var texts: [(String, isReasoning: Bool)] = []
        for choice in event["choices"] as? [[String: Any]] ?? [] {
            if let reason = choice["finish_reason"] as? String {
                finishReason = finishReason ?? reason
                isFinished = true
            }
            let delta = choice["delta"] as? [String: Any] ?? [:]
            texts.append((choice["text"] as? String ?? "", false))
            texts.append((delta["content"] as? String ?? "", false))
            texts.append((delta["reasoning_content"] as? String ?? delta["reasoning"] as? String ?? "", true))
            if delta["tool_calls"] != nil { texts.append(("call", false)) }
        }
        addPayload(texts, seconds)
    }

    private mutating func readMessage(_ event: [String: Any], _ seconds: Double) {
        let delta = event["delta"] as? [String: Any] ?? [:]
        if event["type"] as? String == "message_stop" { isFinished = true }
        finishReason = delta["stop_reason"] as? String ?? finishReason
        addPayload([(delta["text"] as? String ?? "", false), (delta["thinking"] as? String ?? "", true)], seconds)
    }

    private mutating func readResponse(_ event: [String: Any], _ seconds: Double) {
        let type = event["type"] as? String ?? ""
        if type == "response.completed" {
            isFinished = true
            let response = event["response"] as? [String: Any] ?? [:]
            let details = response["incomplete_details"] as? [String: Any]
            finishReason = details?["reason"] as? String ?? response["status"] as? String
        }
        let isReasoning = type == "response.reasoning_text.delta"
        guard isReasoning || type == "response.output_text.delta" else { return }
        addPayload([(event["delta"] as? String ?? "", isReasoning)], seconds)
    }

    private mutating func addPayload(_ texts: [(String, isReasoning: Bool)], _ seconds: Double) {
        let filled = texts.filter { !$0.0.isEmpty }
        guard !filled.isEmpty else { return }
        payloadEvents += 1
        firstPayload = firstPayload ?? seconds
        lastPayload = seconds
        if filled.contains(where: { !$0.isReasoning }) { firstAnswer = firstAnswer ?? seconds }
    }
}

/// Counts.
extension ReferenceReader {
    fileprivate mutating func note(_ object: [String: Any]) {
        let inner = object["response"] as? [String: Any] ?? object["message"] as? [String: Any] ?? [:]
        model = model ?? object["model"] as? String ?? inner["model"] as? String
        if let usage = object["usage"] as? [String: Any] { note(usage: usage, isStart: false) }
        if let usage = inner["usage"] as? [String: Any] {
            note(usage: usage, isStart: exchange.request.path == "/v1/messages")
        }
        if let timings = object["timings"] as? [String: Any] { note(timings: timings) }
    }

    private mutating func note(usage: [String: Any], isStart: Bool) {
        isFromTimings = false
        let details = usage["prompt_tokens_details"] ?? usage["input_tokens_details"]
        cached = (details as? [String: Any])?["cached_tokens"] as? Int ?? cached
        if let read = usage["cache_read_input_tokens"] as? Int { cached = read }
        let input = usage["prompt_tokens"] as? Int ?? usage["input_tokens"] as? Int
        prompt = input.map { $0 + (usage["cache_read_input_tokens"] as? Int ?? 0) } ?? prompt
        let outputDetails = usage["completion_tokens_details"] ?? usage["output_tokens_details"]
        reasoning = (outputDetails as? [String: Any])?["reasoning_tokens"] as? Int ?? reasoning
        guard !isStart, let output = usage["completion_tokens"] as? Int ?? usage["output_tokens"] as? Int else {
            return
        }
        // Only llama.cpp counts choices one by one, and only where there are several.
        completion = output + (isLlama && exchange.name.hasSuffix("chat_stream_n2") ? completion ?? 0 : 0)
    }

    private mutating func note(timings: [String: Any]) {
        prefillMilliseconds = max(prefillMilliseconds ?? 0, timings["prompt_ms"] as? Double ?? 0)
        decodeMilliseconds = max(decodeMilliseconds ?? 0, timings["predicted_ms"] as? Double ?? 0)
        guard prompt == nil || isFromTimings else { return }
        isFromTimings = true
        cached = timings["cache_n"] as? Int
        prompt = (timings["prompt_n"] as? Int ?? 0) + (cached ?? 0)
        completion = timings["predicted_n"] as? Int
    }
}
