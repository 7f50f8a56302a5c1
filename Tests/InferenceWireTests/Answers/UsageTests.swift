// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferenceWire

@Suite struct UsageTests {
    private func chunk(_ text: String, _ index: Int = 0, finish: String? = nil, usage: String? = nil) -> String {
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        let tail = usage.map { ",\"usage\":\($0)" } ?? ""
        return #"{"choices":[{"index":\#(index),"delta":{"content":"\#(text)"},"finish_reason":\#(reason)}]\#(tail)}"#
    }

    private func usage(_ prompt: Int, _ completion: Int) -> String {
        #"{"prompt_tokens":\#(prompt),"completion_tokens":\#(completion)}"#
    }

    private func usageOnly(_ prompt: Int, _ completion: Int, timings: String = "") -> String {
        #"{"choices":[],"usage":\#(usage(prompt, completion))\#(timings)}"#
    }

    @Test func theWholeCallInOneReport() {
        // Both choices finish, then one report: vLLM.
        let seen = decode(events: [
            chunk("a", 0), chunk("b", 1), chunk("", 0, finish: "stop"), chunk("", 1, finish: "stop"), usageOnly(5, 9),
        ])
        #expect(seen.usage?.completion == 9)
        #expect(seen.usage?.prompt == 5)
    }

    @Test func oneReportPerChoice() {
        // Each choice's finish is followed by its report: llama.cpp.
        let events = [
            chunk("a", 0), chunk("b", 1), chunk("", 1, finish: "stop"), usageOnly(5, 4), chunk("c", 0),
            chunk("", 0, finish: "stop"), usageOnly(5, 6),
        ]
        #expect(decode(events: events).usage?.completion == 10)
        #expect(decode(events: events).usage?.prompt == 5)
        // Cut off after the first report, the sum is not known, the prompt is.
        let cut = decode(events: Array(events.dropLast(2)))
        #expect(cut.usage?.completion == nil)
        #expect(cut.usage?.prompt == 5)
        #expect(!cut.reachedEnd)
    }

    @Test func repeatedReportsAreNotAdded() {
        #expect(decode(events: [chunk("a", finish: "stop"), usageOnly(5, 4), usageOnly(5, 4)]).usage?.completion == 4)
        #expect(
            decode(events: [usageOnly(5, 1), chunk("a"), usageOnly(5, 2), chunk("b"), usageOnly(5, 3)]).usage?
                .completion == 3
        )
    }

    @Test func usageWithEveryChunk() {
        let seen = decode(events: [
            chunk("", usage: usage(5, 0)), chunk("", usage: usage(5, 1)), chunk("é", usage: usage(5, 3)),
            chunk("b", usage: usage(5, 4)),
        ])
        #expect(seen.usage?.completion == 4)
        // All that was made until something showed.
        #expect(seen.tokensInFirstPayload == 3)
        #expect(!seen.reachedEnd)
    }

    @Test func usageWithEveryChunkOfTwoChoices() {
        let events = [
            chunk("a", 0, usage: usage(5, 1)), chunk("b", 1, usage: usage(5, 1)), chunk("c", 0, usage: usage(5, 2)),
            chunk("d", 0, finish: "stop", usage: usage(5, 3)),
        ]
        #expect(decode(events: events).usage?.completion == 4)
        #expect(decode(events: events).tokensInFirstPayload == 1)
        let whole = events + [chunk("e", 1, finish: "stop", usage: usage(5, 2)), usageOnly(5, 5)]
        #expect(decode(events: whole).usage?.completion == 5)
        #expect(decode(events: whole).usage?.prompt == 5)
    }

    @Test func usageInTheLastChunkOfSeveralChoices() {
        let seen = decode(events: [chunk("a", 0, finish: "stop"), chunk("b", 1, finish: "stop", usage: usage(5, 7))])
        #expect(seen.usage?.completion == 7)
    }

    @Test func tokensInTheFirstEvent() {
        // As many payload events as tokens.
        #expect(decode(events: [chunk("a"), chunk("b", finish: "stop"), usageOnly(5, 2)]).tokensInFirstPayload == 1)
        // As many deltas, some of which showed nothing.
        #expect(
            decode(events: [chunk(""), chunk("a"), chunk("", finish: "stop"), usageOnly(5, 3)]).tokensInFirstPayload
                == 2
        )
        // More tokens than deltas.
        #expect(decode(events: [chunk("a"), chunk("b", finish: "stop"), usageOnly(5, 3)]).tokensInFirstPayload == nil)
        #expect(decode(events: [chunk("a"), chunk("b", finish: "stop")]).tokensInFirstPayload == nil)
        #expect(decode(events: [chunk("", finish: "length"), usageOnly(5, 1)]).tokensInFirstPayload == nil)
    }

    private let timings = #""timings":{"cache_n":13,"prompt_n":1,"prompt_ms":0.5,"predicted_n":16,"predicted_ms":2.25}"#

    @Test func timingsStandInForUsage() {
        let seen = decode(events: [
            chunk("a"), #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}],\#(timings)}"#,
        ])
        #expect(seen.usage?.source == .timings)
        #expect(seen.usage?.prompt == 14)
        #expect(seen.usage?.cached == 13)
        #expect(seen.usage?.promptEvaluated == 1)
        #expect(seen.usage?.completion == 16)
        #expect(seen.engineTimings.prefill == .microseconds(500))
        #expect(seen.engineTimings.decode == .microseconds(2_250))
    }

    @Test func timingsOfTwoChoicesAreAdded() {
        let end = #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}],\#(timings)}"#
        let other =
            #"{"choices":[{"index":1,"delta":{},"finish_reason":"stop"}],"timings":{"cache_n":13,"prompt_n":1,"prompt_ms":0.75,"predicted_n":9,"predicted_ms":1.5}}"#
        let seen = decode(events: [chunk("a", 0), chunk("b", 1), end, other])
        #expect(seen.usage?.completion == 25)
        #expect(seen.usage?.prompt == 14)
        #expect(seen.engineTimings.prefill == .microseconds(750))
        #expect(seen.engineTimings.decode == .microseconds(2_250))
    }

    @Test func usageComesBeforeTimings() {
        let seen = decode(body: #"{"choices":[{}],"usage":{"prompt_tokens":20,"completion_tokens":3},\#(timings)}"#)
        #expect(seen.usage?.source == .usage)
        #expect(seen.usage?.prompt == 20)
        #expect(seen.usage?.completion == 3)
        #expect(seen.usage?.cached == 13)
        #expect(seen.usage?.promptEvaluated == 1)
    }

    @Test func llamaCountsOneOfSeveralChoices() {
        func body(_ reasons: [String], _ completion: Int, _ timings: String) -> String {
            let choices = reasons.enumerated().map { #"{"index":\#($0.offset),"finish_reason":"\#($0.element)"}"# }
            return #"{"choices":[\#(choices.joined(separator: ","))],"usage":\#(usage(14, completion))\#(timings)}"#
        }
        // Cut at the same limit, all are equally long.
        #expect(decode(body: body(["length", "length", "length"], 16, "," + timings)).usage?.completion == 48)
        // Else the others' tokens are unknown.
        let stopped = decode(body: body(["length", "stop"], 16, "," + timings)).usage
        #expect(stopped?.completion == nil)
        #expect(stopped?.prompt == 14)
        // Other engines count all.
        #expect(decode(body: body(["length", "length"], 16, "")).usage?.completion == 16)
        #expect(decode(body: body(["length", "length"], 32, "," + timings)).usage?.completion == 32)
    }

    @Test(arguments: [
        #"{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":6},"completion_tokens_details":{"reasoning_tokens":2}}"#,
        #"{"input_tokens":10,"output_tokens":4,"input_tokens_details":{"cached_tokens":6},"output_tokens_details":{"reasoning_tokens":2}}"#,
        #"{"prompt_tokens":10,"completion_tokens":4,"prompt_cache_hit_tokens":6,"prompt_cache_miss_tokens":4,"reasoning_tokens":2}"#,
        #"{"prompt_tokens":10,"completion_tokens":4,"cached_tokens":6,"prompt_tokens_details":null,"reasoning_tokens":2}"#,
    ])
    func detailsHaveManyNames(_ usage: String) {
        let seen = decode(body: #"{"choices":[{}],"usage":\#(usage)}"#).usage
        #expect(seen?.prompt == 10)
        #expect(seen?.cached == 6)
        #expect(seen?.promptEvaluated == 4)
        #expect(seen?.completion == 4)
        #expect(seen?.reasoning == 2)
    }

    @Test(arguments: [
        #"{"prompt_tokens":-5,"completion_tokens":1e400}"#, #"{"prompt_tokens":NaN,"completion_tokens":-Infinity}"#,
        #"{"prompt_tokens":"14","completion_tokens":[1]}"#,
        #"{"prompt_tokens":99999999999999999999,"completion_tokens":1.5}"#, "null", "{}", "[]",
        "7",
    ])
    func absurdCountsAreAbsent(_ usage: String) {
        let seen = decode(body: #"{"choices":[{}],"model":"m","usage":\#(usage)}"#)
        #expect(seen.usage == nil)
        #expect(seen.model == "m")
        #expect(!seen.isMalformed)
    }

    @Test func absurdTimingsAreAbsent() {
        let seen = decode(
            body:
                #"{"choices":[{}],"timings":{"cache_n":-1,"prompt_n":1e99,"prompt_ms":-3,"predicted_n":NaN,"predicted_ms":1e99}}"#
        )
        #expect(seen.usage == nil)
        #expect(seen.engineTimings == EngineTimings())
        let more = decode(
            body: #"{"choices":[{}],"usage":{"prompt_tokens":3,"prompt_tokens_details":{"cached_tokens":9}}}"#
        ).usage
        #expect(more?.cached == nil)
        #expect(more?.promptEvaluated == nil)
        #expect(more?.prompt == 3)
    }

    @Test func vllmMetrics() {
        let seen = decode(
            body:
                #"{"choices":[{}],"metrics":{"queue_time_ms":2.5,"time_to_first_token_ms":10,"generation_time_ms":40}}"#
        )
        #expect(seen.engineTimings.queue == .microseconds(2_500))
        #expect(seen.engineTimings.prefill == .milliseconds(10))
        #expect(seen.engineTimings.decode == .milliseconds(40))
        #expect(seen.engineTimings.timeToFirstToken == .microseconds(12_500))
        #expect(seen.usage == nil)
        let alone = decode(body: #"{"choices":[{}],"metrics":{"time_to_first_token_ms":10}}"#)
        #expect(alone.engineTimings.timeToFirstToken == nil)
    }

    @Test func manyChoicesAreBounded() {
        let events = (0..<5_000).map { chunk("a", $0, finish: "stop", usage: usage(1, 1)) }
        let seen = decode(["data: " + events.joined(separator: "\n\ndata: ") + "\n\n"])
        #expect(seen.payloadEvents == 5_000)
        #expect(seen.usage?.prompt == 1)
    }
}
