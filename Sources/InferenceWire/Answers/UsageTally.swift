// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Adds up what an engine reports of its counts, over all choices, the prompt once.
///
/// Engines differ in what one report speaks of. Inside an event with one choice it is that choice's: vLLM and SGLang
/// repeat it with every chunk, llama.cpp and transformers send it with the last, and the latest holds. In an event
/// without choices it is the whole call's, and the latest holds, save for llama.cpp, which sends one such event per
/// choice, right after that choice's finish: where exactly one choice has finished since the last report, it is
/// taken for that one's. With a single choice both readings give the same.
struct UsageTally: Sendable {
    private struct Choice {
        let index: Int
        var isFinished = false
        var usage: UsageCounts?
        var report: EngineReport?
    }

    // A request for more is of no engine that we know; what lies beyond is counted with the first.
    private static let choiceLimit = 256

    private var choices: [Choice] = []
    private var total = UsageCounts()
    private var totalReport: EngineReport?
    private var finishedSinceReport = 0
    private var lastFinished = 0
    // Whether the count of output tokens is known to leave out choices.
    private var isPartial = false

    /// Whether a choice has been seen, and all that have been seen have finished.
    var isFinished: Bool {
        !choices.isEmpty && choices.allSatisfy(\.isFinished)
    }

    /// Whether a choice has been seen.
    var hasChoices: Bool { !choices.isEmpty }

    mutating func add(_ facts: AnswerFacts) {
        if let choice = facts.firstChoice { note(choice) }
        for choice in facts.otherChoices { note(choice) }
        guard facts.usage != nil || facts.report != nil else { return }
        if let choice = facts.firstChoice, facts.otherChoices.isEmpty {
            add(facts, toChoiceAt: position(of: choice.index))
        } else if facts.hasChoices, facts.firstChoice == nil, finishedSinceReport == 1 {
            add(facts, toChoiceAt: lastFinished)
            finishedSinceReport = 0
        } else {
            addToTotal(facts)
            finishedSinceReport = 0
        }
    }

    private mutating func note(_ choice: AnswerFacts.Choice) {
        let position = position(of: choice.index)
        guard choice.finishReason != nil, !choices[position].isFinished else { return }
        choices[position].isFinished = true
        finishedSinceReport += 1
        lastFinished = position
    }

    private mutating func position(of index: Int) -> Int {
        if let position = choices.firstIndex(where: { $0.index == index }) { return position }
        guard choices.count < Self.choiceLimit else { return 0 }
        choices.append(Choice(index: index))
        return choices.count - 1
    }

    private mutating func add(_ facts: AnswerFacts, toChoiceAt position: Int) {
        if let usage = facts.usage {
            choices[position].usage = choices[position].usage ?? UsageCounts()
            choices[position].usage?.update(with: usage)
        }
        if let report = facts.report {
            choices[position].report = choices[position].report ?? EngineReport()
            choices[position].report?.update(with: report)
        }
    }

    private mutating func addToTotal(_ facts: AnswerFacts) {
        if let usage = facts.usage { total.update(with: usage) }
        guard let report = facts.report else { return }
        totalReport = totalReport ?? EngineReport()
        totalReport?.update(with: report)
        if !facts.otherChoices.isEmpty, report.generated == facts.usage?.completion { correctSingleCount(facts) }
    }

    // llama.cpp, not streamed, counts one choice of several. All choices have one limit, so that those which it
    // stopped are equally long; what others hold is not known.
    private mutating func correctSingleCount(_ facts: AnswerFacts) {
        let all = [facts.firstChoice].compactMap(\.self) + facts.otherChoices
        let areAllCut = all.allSatisfy { choice in choice.finishReason.map { $0 == "length" } == true }
        guard areAllCut, let one = total.completion else {
            total.completion = nil
            isPartial = true
            return
        }
        total.completion = one * all.count
        totalReport?.generated = total.completion
    }

    /// Output tokens reported so far.
    var completion: Int? {
        if isPartial { return nil }
        return total.completion ?? sum { $0.usage?.completion } ?? totalReport?.generated
            ?? sum { $0.report?.generated }
    }

    // Unfinished choices of which nothing was reported leave the sum unknown; finished ones are in another's report.
    private func sum(_ value: (Choice) -> Int?) -> Int? {
        var sum: Int?
        for choice in choices {
            if let value = value(choice) {
                sum = (sum ?? 0) + value
            } else if !choice.isFinished {
                return nil
            }
        }
        return sum
    }

    /// Counts over the call; nothing if none was reported.
    ///
    /// Where `isAdditive`, the prompt's count leaves out what was read from and written to a cache.
    func usage(isAdditive: Bool) -> TokenUsage? {
        let reported = reportedByChoices
        let (evaluated, cachedByReport) = promptByReports
        let hasUsage = !total.isEmpty || !reported.isEmpty
        let completion = completion
        guard hasUsage || evaluated != nil || completion != nil else { return nil }

        var usage = TokenUsage(source: hasUsage ? .usage : .timings)
        usage.completion = completion
        usage.reasoning = total.reasoning ?? reported.reasoning
        usage.cacheWritten = total.cacheWritten ?? reported.cacheWritten
        usage.cached = total.cached ?? reported.cached ?? cachedByReport
        usage.prompt = total.prompt ?? reported.prompt
        if isAdditive, let fresh = usage.prompt {
            usage.prompt = fresh + (usage.cached ?? 0) + (usage.cacheWritten ?? 0)
        }
        if usage.prompt == nil, let evaluated { usage.prompt = evaluated + (cachedByReport ?? 0) }
        if let prompt = usage.prompt, let cached = usage.cached, cached > prompt { usage.cached = nil }
        usage.promptEvaluated = evaluated ?? Self.difference(usage.prompt, usage.cached)
        return usage
    }

    /// What the choices' own reports say together: the prompt, which all share, once, and the output added up.
    private var reportedByChoices: UsageCounts {
        var all = UsageCounts()
        for index in choices.indices {
            guard let one = choices[index].usage else { continue }
            all.prompt = Self.larger(all.prompt, one.prompt)
            all.completion = Self.sum(all.completion, one.completion)
            all.cached = Self.smaller(all.cached, one.cached)
            all.cacheWritten = Self.larger(all.cacheWritten, one.cacheWritten)
            all.reasoning = Self.sum(all.reasoning, one.reasoning)
        }
        return all
    }

    /// The prompt tokens that were worked on and that came from the cache, by the engine's timings.
    private var promptByReports: (evaluated: Int?, cached: Int?) {
        var (evaluated, cached) = (totalReport?.evaluated, totalReport?.cached)
        for index in choices.indices {
            evaluated = Self.larger(evaluated, choices[index].report?.evaluated)
            cached = Self.smaller(cached, choices[index].report?.cached)
        }
        return (evaluated, cached)
    }

    private static func larger<Value: Comparable>(_ one: Value?, _ other: Value?) -> Value? {
        guard let one else { return other }
        return other.map { max(one, $0) } ?? one
    }

    private static func smaller(_ one: Int?, _ other: Int?) -> Int? {
        guard let one else { return other }
        return other.map { min(one, $0) } ?? one
    }

    private static func sum(_ one: Int?, _ other: Int?) -> Int? {
        guard let one else { return other }
        return other.map { one + $0 } ?? one
    }

    private static func difference(_ prompt: Int?, _ cached: Int?) -> Int? {
        guard let prompt, let cached else { return nil }
        return prompt - cached
    }

    /// The engine's timings; of several choices, which run side by side, the longest of each.
    var timings: EngineTimings {
        var timings = totalReport?.timings ?? EngineTimings()
        for index in choices.indices {
            guard let other = choices[index].report?.timings else { continue }
            timings.queue = Self.larger(timings.queue, other.queue)
            timings.load = Self.larger(timings.load, other.load)
            timings.prefill = Self.larger(timings.prefill, other.prefill)
            timings.decode = Self.larger(timings.decode, other.decode)
            timings.timeToFirstToken = Self.larger(timings.timeToFirstToken, other.timeToFirstToken)
        }
        return timings
    }
}
