// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What one event, line or body of an answer says.
///
/// The strings point into the text they were read from and die with it.
struct AnswerFacts {
    /// One choice that an event speaks of.
    struct Choice {
        var index = 0
        var finishReason: JSONString?
    }

    /// Whether the text is a JSON object at all.
    var isObject = false
    /// Whether it brings generated text, reasoning or a tool call that is not empty.
    var isPayload = false
    /// Whether some of that is not reasoning.
    var isAnswer = false
    /// Whether it brings a delta without a role whose text is empty: a token of which nothing shows yet.
    var isEmptyDelta = false
    /// Whether it says that nothing more comes.
    var isEnd = false
    /// Whether it tells of an error.
    var isError = false
    var model: JSONString?
    /// Why the engine stopped, in dialects without choices.
    var finishReason: JSONString?
    /// Whether there is a list of choices, be it empty.
    var hasChoices = false
    var firstChoice: Choice?
    // Apart from the first, because nearly every event has one, which so needs no memory.
    var otherChoices: [Choice] = []
    var usage: UsageCounts?
    var report: EngineReport?

    mutating func add(_ choice: Choice) {
        guard firstChoice != nil else {
            firstChoice = choice
            return
        }
        otherChoices.append(choice)
    }

    mutating func addPayload(isReasoning: Bool) {
        isPayload = true
        isAnswer = isAnswer || !isReasoning
    }
}

/// Token counts as they stand in one report.
struct UsageCounts: Sendable, Hashable {
    var prompt: Int?
    var completion: Int?
    var cached: Int?
    var cacheWritten: Int?
    var reasoning: Int?

    var isEmpty: Bool { self == UsageCounts() }

    /// Takes over what a later report says, field by field.
    mutating func update(with later: UsageCounts) {
        prompt = later.prompt ?? prompt
        completion = later.completion ?? completion
        cached = later.cached ?? cached
        cacheWritten = later.cacheWritten ?? cacheWritten
        reasoning = later.reasoning ?? reasoning
    }
}

/// What an engine says of its own work: llama.cpp's `timings`, vLLM's `metrics`, Ollama's durations.
struct EngineReport: Sendable, Hashable {
    /// Prompt tokens worked on, those from the cache not among them.
    var evaluated: Int?
    /// Prompt tokens from the cache.
    var cached: Int?
    /// Tokens generated.
    var generated: Int?
    var timings = EngineTimings()

    mutating func update(with later: EngineReport) {
        evaluated = later.evaluated ?? evaluated
        cached = later.cached ?? cached
        generated = later.generated ?? generated
        timings.queue = later.timings.queue ?? timings.queue
        timings.load = later.timings.load ?? timings.load
        timings.prefill = later.timings.prefill ?? timings.prefill
        timings.decode = later.timings.decode ?? timings.decode
        timings.timeToFirstToken = later.timings.timeToFirstToken ?? timings.timeToFirstToken
    }
}
