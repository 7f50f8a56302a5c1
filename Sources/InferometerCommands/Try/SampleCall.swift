// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// A call to try the proxy with: a value, sent elsewhere.
struct SampleCall: Hashable, Sendable {
    var path: String
    var body: String
    /// Whether it is marked as a warm-up.
    var isWarmup = false

    /// Calls in the words of every API that is metered, for an engine that understands them all.
    static let everyKind = [
        chat("llama-3.2-1b", "Say hello.", streamed: true, isWarmup: true),
        chat("llama-3.2-1b", "Why does a token cost energy? Answer in a few sentences.", streamed: true),
        chat("llama-3.2-1b", "What is a joule?", streamed: true),
        chat("qwen-2.5-7b", "What is a joule?", streamed: true),
        chat("qwen-2.5-7b", "Name three clocks.", streamed: false),
        SampleCall(
            path: "/v1/messages",
            body:
                #"{"model":"llama-3.2-1b","max_tokens":48,"stream":true,"messages":[{"role":"user","content":"Count to ten."}]}"#
        ),
        SampleCall(
            path: "/api/chat",
            body: #"{"model":"qwen-2.5-7b","messages":[{"role":"user","content":"Count to ten."}]}"#
        ),
        SampleCall(path: "/v1/embeddings", body: #"{"model":"embedder","input":"the power meter for inference"}"#),
    ]

    /// A few short calls to one model, for a real engine.
    static func few(model: String) -> [SampleCall] {
        [
            chat(model, "Say hello.", streamed: true, isWarmup: true),
            chat(model, "What is a joule? One sentence.", streamed: true),
            chat(model, "Name three clocks.", streamed: false),
        ]
    }

    private static func chat(_ model: String, _ prompt: String, streamed: Bool, isWarmup: Bool = false) -> SampleCall {
        var name = ""
        JSONText.appendString(model, to: &name)
        return SampleCall(
            path: "/v1/chat/completions",
            body:
                #"{"model":\#(name),"stream":\#(streamed),"max_tokens":48,"messages":[{"role":"user","content":"\#(prompt)"}]}"#,
            isWarmup: isWarmup
        )
    }
}
