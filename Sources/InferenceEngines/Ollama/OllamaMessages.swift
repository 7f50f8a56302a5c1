// Inferometer
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import TelemetryCore

/// Writes the body of an `/api/chat` request.
enum OllamaRequest {
    static func text(of request: InferenceRequest, isStreaming: Bool) -> String {
        var body = JSONObjectText()
        body.add("model", string: request.model)
        body.add("messages", json: "[" + request.messages.map(text).joined(separator: ",") + "]")
        body.add("stream", json: isStreaming ? "true" : "false")
        if !request.tools.isEmpty {
            body.add("tools", json: "[" + request.tools.map(OpenAIRequest.text).joined(separator: ",") + "]")
        }
        let options = options(of: request)
        if options != "{}" { body.add("options", json: options) }
        for (name, value) in request.extraJSON.sorted(by: { $0.key < $1.key }) {
            body.add(name, json: value)
        }
        return body.text
    }

    private static func options(of request: InferenceRequest) -> String {
        var options = JSONObjectText()
        options.add("temperature", number: request.temperature)
        options.add("num_predict", integer: request.maximumTokens)
        options.add("seed", integer: request.seed)
        if !request.stopSequences.isEmpty {
            let stops = request.stopSequences.map(JSONObjectText.quoted)
            options.add("stop", json: "[" + stops.joined(separator: ",") + "]")
        }
        return options.text
    }

    private static func text(of message: InferenceMessage) -> String {
        var body = JSONObjectText()
        body.add("role", string: message.role.rawValue)
        body.add("content", string: message.content)
        if !message.toolCalls.isEmpty {
            body.add("tool_calls", json: "[" + message.toolCalls.map(text).joined(separator: ",") + "]")
        }
        return body.text
    }

    /// Ollama wants a tool's arguments as an object; a text that is none becomes an empty one.
    private static func text(of call: InferenceToolCall) -> String {
        let arguments = try? JSONDecoder().decode(JSONTree.self, from: Data(call.argumentsJSON.utf8))
        var function = JSONObjectText()
        function.add("name", string: call.name)
        if case .object? = arguments {
            function.add("arguments", json: call.argumentsJSON)
        } else {
            function.add("arguments", json: "{}")
        }
        var body = JSONObjectText()
        body.add("function", json: function.text)
        return body.text
    }
}

/// One line of an `/api/chat` answer, or the whole of one that is not streamed.
struct OllamaLine {
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

    var response: InferenceResponse {
        var response = InferenceResponse()
        response.text = body.message?.content ?? ""
        response.reasoning = body.message?.thinking ?? ""
        response.toolCalls = body.message?.calls ?? []
        response.model = body.model
        response.finishReason = body.done_reason
        response.usage = usage
        response.timings = timings
        return response
    }

    /// Whether the answer ends with this line.
    var isLast: Bool { body.done == true }

    var chunk: InferenceChunk {
        var chunk = InferenceChunk()
        chunk.text = body.message?.content ?? ""
        chunk.reasoning = body.message?.thinking ?? ""
        chunk.toolCalls = body.message?.calls ?? []
        chunk.model = body.model
        chunk.finishReason = body.done_reason
        if body.done == true {
            chunk.usage = usage
            chunk.timings = timings
        }
        return chunk
    }

    // Ollama leaves out what is zero, so that counts which are missing in the last line are absent here.
    private var usage: TokenUsage? {
        guard body.prompt_eval_count != nil || body.eval_count != nil else { return nil }
        var usage = TokenUsage(source: .usage)
        usage.prompt = Plausible.count(body.prompt_eval_count)
        usage.completion = Plausible.count(body.eval_count)
        return usage
    }

    private var timings: EngineTimings {
        var timings = EngineTimings()
        timings.load = Plausible.nanoseconds(body.load_duration)
        timings.prefill = Plausible.nanoseconds(body.prompt_eval_duration)
        timings.decode = Plausible.nanoseconds(body.eval_duration)
        return timings
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Body: Decodable {
        var model: String?
        var message: Message?
        var done: Bool?
        var done_reason: String?
        var error: String?
        var load_duration: Int64?
        var prompt_eval_count: Int?
        var prompt_eval_duration: Int64?
        var eval_count: Int?
        var eval_duration: Int64?
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Message: Decodable {
        struct ToolCall: Decodable {
            struct Function: Decodable {
                var name: String?
                var arguments: JSONTree?
            }
            var function: Function?
        }

        var content: String?
        var thinking: String?
        var tool_calls: [ToolCall]?

        var calls: [InferenceToolCall] {
            (tool_calls ?? []).map {
                InferenceToolCall(
                    id: "",
                    name: $0.function?.name ?? "",
                    argumentsJSON: $0.function?.arguments?.text ?? "{}"
                )
            }
        }
    }
}

/// The list of models that Ollama has.
struct OllamaModelList {
    private let body: Body

    init(json: [UInt8]) throws {
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(json))
        } catch {
            throw InferenceEngineError(.malformed, "The engine's list of models cannot be read.", cause: error)
        }
    }

    var models: [EngineModel] {
        body.models.map { entry in
            var model = EngineModel(id: entry.name)
            model.quantization = entry.details?.quantization_level
            return model
        }
    }

    private struct Body: Decodable { var models: [Entry] }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Entry: Decodable {
        struct Details: Decodable { var quantization_level: String? }
        var name: String
        var details: Details?
    }
}
