// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Writes the body of a Chat Completions request.
enum OpenAIRequest {
    static func text(of request: InferenceRequest, isStreaming: Bool) -> String {
        var body = JSONObjectText()
        body.add("model", string: request.model)
        body.add("messages", json: "[" + request.messages.map(text).joined(separator: ",") + "]")
        body.add("temperature", number: request.temperature)
        body.add("max_tokens", integer: request.maximumTokens)
        body.add("seed", integer: request.seed)
        if !request.stopSequences.isEmpty {
            let stops = request.stopSequences.map(JSONObjectText.quoted)
            body.add("stop", json: "[" + stops.joined(separator: ",") + "]")
        }
        if !request.tools.isEmpty {
            body.add("tools", json: "[" + request.tools.map(text).joined(separator: ",") + "]")
        }
        if isStreaming {
            body.add("stream", json: "true")
            body.add("stream_options", json: #"{"include_usage":true}"#)
        }
        for (name, value) in request.extraJSON.sorted(by: { $0.key < $1.key }) {
            body.add(name, json: value)
        }
        return body.text
    }

    private static func text(of message: InferenceMessage) -> String {
        var body = JSONObjectText()
        body.add("role", string: message.role.rawValue)
        body.add("content", string: message.content)
        if !message.toolCalls.isEmpty {
            body.add("tool_calls", json: "[" + message.toolCalls.map(text).joined(separator: ",") + "]")
        }
        if let id = message.toolCallID { body.add("tool_call_id", string: id) }
        return body.text
    }

    private static func text(of call: InferenceToolCall) -> String {
        var function = JSONObjectText()
        function.add("name", string: call.name)
        function.add("arguments", string: call.argumentsJSON)
        var body = JSONObjectText()
        body.add("id", string: call.id)
        body.add("type", string: "function")
        body.add("function", json: function.text)
        return body.text
    }

    static func text(of tool: InferenceTool) -> String {
        var function = JSONObjectText()
        function.add("name", string: tool.name)
        function.add("description", string: tool.summary)
        function.add("parameters", json: tool.parametersJSON)
        var body = JSONObjectText()
        body.add("type", string: "function")
        body.add("function", json: function.text)
        return body.text
    }
}

/// Writes a JSON object member by member.
struct JSONObjectText {
    private var members = ""

    var text: String { "{" + members + "}" }

    mutating func add(_ name: String, json: String) {
        if !members.isEmpty { members += "," }
        JSONText.appendString(name, to: &members)
        members += ":"
        members += json
    }

    mutating func add(_ name: String, string: String) {
        add(name, json: Self.quoted(string))
    }

    /// Adds a number, or nothing for none.
    mutating func add(_ name: String, number: Double?) {
        guard let number else { return }
        var text = ""
        JSONText.appendNumber(number, to: &text)
        add(name, json: text)
    }

    /// Adds a whole number to its last digit, or nothing for none.
    mutating func add(_ name: String, integer: Int?) {
        guard let integer else { return }
        add(name, json: String(integer))
    }

    static func quoted(_ string: String) -> String {
        var text = ""
        JSONText.appendString(string, to: &text)
        return text
    }
}
