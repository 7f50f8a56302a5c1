// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Telemetry

/// What stands for a model here: it counts.
struct CountingModel: Sendable {
    func words(for request: InferenceRequest) -> [String] {
        (1...max(request.maximumTokens ?? 16, 1)).map { "\($0) " }
    }
}

extension TokenUsage {
    /// Counts as the model itself gives them.
    static func counted(prompt: Int, completion: Int) -> TokenUsage {
        var usage = TokenUsage(source: .usage)
        usage.prompt = prompt
        usage.completion = completion
        return usage
    }
}

extension InferenceChunk {
    /// The last event: why the model stopped, and what it counted.
    static func end(prompt: Int, completion: Int) -> InferenceChunk {
        var chunk = InferenceChunk()
        chunk.finishReason = "stop"
        chunk.usage = .counted(prompt: prompt, completion: completion)
        return chunk
    }
}
