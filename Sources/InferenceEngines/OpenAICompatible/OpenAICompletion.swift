// Inferometer
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import TelemetryCore

/// A Chat Completions answer, whole or one event of it.
struct OpenAICompletion {
    private let body: Body

    init(json: [UInt8]) throws {
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(json))
        } catch {
            throw InferenceEngineError(.malformed, "The engine's answer is not what the API describes.", cause: error)
        }
        if body.error != nil {
            throw InferenceEngineError(.inStream, "The engine told of an error inside its answer.", httpStatus: 200)
        }
    }

    /// The answer as a whole.
    var response: InferenceResponse {
        var response = InferenceResponse()
        let message = body.choices?.first?.message
        response.text = message?.content ?? ""
        response.reasoning = message?.thought ?? ""
        response.toolCalls = message?.calls ?? []
        response.model = body.model
        response.finishReason = body.choices?.first?.finish_reason
        response.usage = usage
        response.timings = body.timings?.durations ?? EngineTimings()
        return response
    }

    /// Whether the answer ends with this event, save for its counts.
    var isLast: Bool { body.choices?.first?.finish_reason != nil }

    /// The answer as one event of a stream.
    var chunk: InferenceChunk {
        var chunk = InferenceChunk()
        let delta = body.choices?.first?.delta
        chunk.text = delta?.content ?? ""
        chunk.reasoning = delta?.thought ?? ""
        chunk.toolCalls = delta?.calls ?? []
        chunk.model = body.model
        chunk.finishReason = body.choices?.first?.finish_reason
        chunk.usage = usage
        chunk.timings = body.timings?.durations
        return chunk
    }

    private var usage: TokenUsage? {
        guard let counts = body.usage else { return nil }
        var usage = TokenUsage(source: .usage)
        usage.prompt = Plausible.count(counts.prompt_tokens)
        usage.completion = Plausible.count(counts.completion_tokens)
        usage.total = Plausible.count(counts.total_tokens)
        usage.cached = Plausible.count(counts.prompt_tokens_details?.cached_tokens ?? body.timings?.cache_n)
        usage.promptEvaluated = Plausible.count(body.timings?.prompt_n)
        usage.reasoning = Plausible.count(counts.completion_tokens_details?.reasoning_tokens)
        return usage
    }
}

/// The answer's members by their names in the API.
extension OpenAICompletion {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Body: Decodable {
        var model: String?
        var choices: [Choice]?
        var usage: Usage?
        var timings: Timings?
        var error: Anything?
    }

    /// Something whose presence alone matters.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Choice: Decodable {
        var message: Message?
        var delta: Message?
        var finish_reason: String?
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Message: Decodable {
        var content: String?
        var reasoning: String?
        var reasoning_content: String?
        var tool_calls: [ToolCall]?

        var thought: String? { reasoning_content ?? reasoning }
        var calls: [InferenceToolCall] {
            (tool_calls ?? []).map {
                InferenceToolCall(
                    id: $0.id ?? "",
                    name: $0.function?.name ?? "",
                    argumentsJSON: $0.function?.arguments ?? ""
                )
            }
        }
    }

    private struct ToolCall: Decodable {
        struct Function: Decodable {
            var name: String?
            var arguments: String?
        }

        var id: String?
        var function: Function?
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Usage: Decodable {
        struct PromptDetails: Decodable { var cached_tokens: Int? }
        struct CompletionDetails: Decodable { var reasoning_tokens: Int? }

        var prompt_tokens: Int?
        var completion_tokens: Int?
        var total_tokens: Int?
        var prompt_tokens_details: PromptDetails?
        var completion_tokens_details: CompletionDetails?
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Timings: Decodable {
        var cache_n: Int?
        var prompt_n: Int?
        var prompt_ms: Double?
        var predicted_ms: Double?

        var durations: EngineTimings {
            var timings = EngineTimings()
            timings.prefill = Plausible.milliseconds(prompt_ms)
            timings.decode = Plausible.milliseconds(predicted_ms)
            return timings
        }
    }
}

/// The list of models that a server offers.
struct OpenAIModelList {
    private let body: Body

    init(json: [UInt8]) throws {
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(json))
        } catch {
            throw InferenceEngineError(.malformed, "The engine's list of models cannot be read.", cause: error)
        }
    }

    /// The names of the models, in the server's order.
    var ids: [String] {
        body.data.map(\.id)
    }

    private struct Body: Decodable { var data: [Entry] }
    private struct Entry: Decodable { var id: String }
}
