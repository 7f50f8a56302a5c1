// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import TelemetryCore

/// One answer in the words of the API that was called.
struct SimulatedFormat {
    let route: MeteredRoute
    let facts: RequestFacts
    let text: SimulatedText

    /// The model's name says what it is, so that no table can hide it.
    private var model: String { quoted("simulated/" + (facts.model ?? "model")) }
    private var output: Int { text.tokens.count }
    private var content: String { quoted(text.tokens.joined()) }
    private var stop: String { text.isCut ? "length" : "stop" }

    var streamType: String {
        route.dialect == .ollama ? "application/x-ndjson" : "text/event-stream"
    }

    // MARK: Streams

    var opening: [UInt8] {
        switch route.operation {
        case .chat where route.dialect == .openAI:
            event(nil, chunk(#"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#))
        case .response:
            event(
                "response.created",
                #"{"type":"response.created","response":{"id":"resp_1","model":\#(model),"status":"in_progress"}}"#
            )
        case .message:
            event(
                "message_start",
                #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":\#(model),"usage":{"input_tokens":\#(text.promptTokens),"output_tokens":1}}}"#
            )
                + event(
                    "content_block_start",
                    #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#
                )
        default: []
        }
    }

    func delta(_ token: String) -> [UInt8] {
        let token = quoted(token)
        return switch (route.dialect, route.operation) {
        case (.ollama, .generate): line(#"{"model":\#(model),"response":\#(token),"done":false}"#)
        case (.ollama, _):
            line(#"{"model":\#(model),"message":{"role":"assistant","content":\#(token)},"done":false}"#)
        case (.anthropic, _):
            event(
                "content_block_delta",
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":\#(token)}}"#
            )
        case (.openAI, .response):
            event(
                "response.output_text.delta",
                #"{"type":"response.output_text.delta","item_id":"item_1","output_index":0,"content_index":0,"delta":\#(token)}"#
            )
        case (.openAI, .completion): event(nil, chunk(#"{"index":0,"text":\#(token),"finish_reason":null}"#))
        case (.openAI, _): event(nil, chunk(#"{"index":0,"delta":{"content":\#(token)},"finish_reason":null}"#))
        }
    }

    var closing: [UInt8] {
        switch (route.dialect, route.operation) {
        case (.ollama, .generate): line(#"{"model":\#(model),"response":"",\#(ollamaEnd)}"#)
        case (.ollama, _): line(#"{"model":\#(model),"message":{"role":"assistant","content":""},\#(ollamaEnd)}"#)
        case (.anthropic, _):
            event("content_block_stop", #"{"type":"content_block_stop","index":0}"#)
                + event(
                    "message_delta",
                    #"{"type":"message_delta","delta":{"stop_reason":"\#(anthropicStop)"},"usage":{"output_tokens":\#(output)}}"#
                )
                + event("message_stop", #"{"type":"message_stop"}"#)
        case (.openAI, .response):
            event("response.completed", #"{"type":"response.completed","response":\#(response)}"#)
        case (.openAI, let operation):
            event(
                nil,
                chunk(
                    #"{"index":0,\#(operation == .chat ? #""delta":{}"# : #""text":"""#),"finish_reason":"\#(stop)"}"#
                )
            )
                + (facts.asksForUsage ? event(nil, chunk("", usage: usage)) : [])
                + Array("data: [DONE]\n\n".utf8)
        }
    }

    // MARK: Whole answers

    var whole: String {
        switch (route.dialect, route.operation) {
        case (.ollama, .generate): #"{"model":\#(model),"response":\#(content),\#(ollamaEnd)}"#
        case (.ollama, _): #"{"model":\#(model),"message":{"role":"assistant","content":\#(content)},\#(ollamaEnd)}"#
        case (.anthropic, _):
            #"{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":\#(content)}],"model":\#(model),"stop_reason":"\#(anthropicStop)","usage":{"input_tokens":\#(text.promptTokens),"output_tokens":\#(output)}}"#
        case (.openAI, .response): response
        case (.openAI, .completion):
            #"{"id":"cmpl-1","object":"text_completion","created":0,"model":\#(model),"choices":[{"index":0,"text":\#(content),"finish_reason":"\#(stop)"}],"usage":\#(usage)}"#
        case (.openAI, _):
            #"{"id":"chatcmpl-1","object":"chat.completion","created":0,"model":\#(model),"choices":[{"index":0,"message":{"role":"assistant","content":\#(content)},"finish_reason":"\#(stop)"}],"usage":\#(usage)}"#
        }
    }

    var embedding: String {
        let vector = "[0.5,-0.25,0.125,0.0625]"
        return route.dialect == .ollama
            ? #"{"model":\#(model),"embeddings":[\#(vector)],"total_duration":40000000,"load_duration":1000000,"prompt_eval_count":\#(text.promptTokens)}"#
            : #"{"object":"list","model":\#(model),"data":[{"object":"embedding","index":0,"embedding":\#(vector)}],"usage":{"prompt_tokens":\#(text.promptTokens),"total_tokens":\#(text.promptTokens)}}"#
    }

    // MARK: Parts

    private var usage: String {
        #"{"prompt_tokens":\#(text.promptTokens),"completion_tokens":\#(output),"total_tokens":\#(text.promptTokens + output)}"#
    }

    private var response: String {
        #"{"id":"resp_1","object":"response","model":\#(model),"status":"\#(text.isCut ? "incomplete" : "completed")","output":[{"type":"message","id":"item_1","role":"assistant","content":[{"type":"output_text","text":\#(content)}]}],"usage":{"input_tokens":\#(text.promptTokens),"output_tokens":\#(output),"total_tokens":\#(text.promptTokens + output)}}"#
    }

    private var anthropicStop: String { text.isCut ? "max_tokens" : "end_turn" }

    private var ollamaEnd: String {
        let decode = SimulatedAnswer.timePerToken.nanoseconds * Int64(output)
        return
            #""done":true,"done_reason":"\#(stop)","total_duration":\#(decode + 40_000_000),"load_duration":1000000,"prompt_eval_count":\#(text.promptTokens),"prompt_eval_duration":40000000,"eval_count":\#(output),"eval_duration":\#(decode)"#
    }

    private func chunk(_ choice: String, usage: String? = nil) -> String {
        let object = route.operation == .chat ? "chat.completion.chunk" : "text_completion"
        let end = usage.map { #","usage":\#($0)}"# } ?? "}"
        return #"{"id":"sim-1","object":"\#(object)","created":0,"model":\#(model),"choices":[\#(choice)]\#(end)"#
    }

    private func event(_ name: String?, _ data: String) -> [UInt8] {
        Array("\(name.map { "event: \($0)\n" } ?? "")data: \(data)\n\n".utf8)
    }

    private func line(_ json: String) -> [UInt8] {
        Array("\(json)\n".utf8)
    }

    private func quoted(_ text: String) -> String {
        var json = ""
        JSONText.appendString(text, to: &json)
        return json
    }
}
