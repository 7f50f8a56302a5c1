// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Reads lines and bodies of Ollama's chat, generate and embed.
///
/// Ollama leaves out counts and durations that are zero, so that a missing one is unknown here.
/// https://github.com/ollama/ollama/blob/main/docs/api.md
enum OllamaReader {
    static func read(_ cursor: inout JSONCursor, into facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        facts.isObject = true
        while let key = cursor.nextKey() {
            if key == "message" {
                readMessage(&cursor, &facts)
            } else if key == "response" {
                readText(&cursor, &facts, isReasoning: false)
            } else if key == "thinking" {
                readText(&cursor, &facts, isReasoning: true)
            } else if key == "model" {
                facts.model = cursor.string()
            } else if key == "done" {
                facts.isEnd = cursor.bool() == true
            } else if key == "done_reason" {
                facts.finishReason = cursor.string()
            } else if key == "error" {
                facts.isError = ReportReader.isSaid(&cursor) || facts.isError
            } else {
                readMeasure(key, &cursor, &facts)
            }
        }
        if facts.usage?.isEmpty == true { facts.usage = nil }
    }

    private static func readMessage(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "content" {
                readText(&cursor, &facts, isReasoning: false)
            } else if key == "thinking" {
                readText(&cursor, &facts, isReasoning: true)
            } else if key == "tool_calls" {
                if ToolCallReader.isGenerated(&cursor) { facts.addPayload(isReasoning: false) }
            } else {
                cursor.skipValue()
            }
        }
    }

    private static func readText(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts, isReasoning: Bool) {
        if cursor.string()?.isEmpty == false { facts.addPayload(isReasoning: isReasoning) }
    }

    private static func readMeasure(_ key: JSONString, _ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        if key == "prompt_eval_count" {
            facts.usage = facts.usage ?? UsageCounts()
            facts.usage?.prompt = cursor.count()
        } else if key == "prompt_eval_cached_count" {
            facts.usage = facts.usage ?? UsageCounts()
            facts.usage?.cached = cursor.count()
        } else if key == "eval_count" {
            facts.usage = facts.usage ?? UsageCounts()
            facts.usage?.completion = cursor.count()
        } else if key == "load_duration" {
            facts.report = facts.report ?? EngineReport()
            facts.report?.timings.load = cursor.duration(unit: 1e-9)
        } else if key == "prompt_eval_duration" {
            facts.report = facts.report ?? EngineReport()
            facts.report?.timings.prefill = cursor.duration(unit: 1e-9)
        } else if key == "eval_duration" {
            facts.report = facts.report ?? EngineReport()
            facts.report?.timings.decode = cursor.duration(unit: 1e-9)
        } else {
            cursor.skipValue()
        }
    }
}
