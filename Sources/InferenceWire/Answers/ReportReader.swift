// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Readers of the parts of an answer that hold counts and durations.
///
/// Each passes exactly one value.
enum ReportReader {
    /// A usage object of any dialect; nothing if it is null, no object, or says nothing.
    static func usage(_ cursor: inout JSONCursor) -> UsageCounts? {
        guard cursor.enterObject() else { return nil }
        var counts = UsageCounts()
        while let key = cursor.nextKey() { readUsage(key, &cursor, &counts) }
        return counts.isEmpty ? nil : counts
    }

    private static func readUsage(_ key: JSONString, _ cursor: inout JSONCursor, _ counts: inout UsageCounts) {
        if key == "prompt_tokens" || key == "input_tokens" {
            counts.prompt = cursor.count()
        } else if key == "completion_tokens" || key == "output_tokens" {
            counts.completion = cursor.count()
        } else if key == "prompt_tokens_details" || key == "input_tokens_details" {
            readPromptDetails(&cursor, &counts)
        } else if key == "completion_tokens_details" || key == "output_tokens_details" {
            readCompletionDetails(&cursor, &counts)
        } else if key == "cache_read_input_tokens" || key == "prompt_cache_hit_tokens" || key == "cached_tokens" {
            // Anthropic's, DeepSeek's and Moonshot's names.
            counts.cached = cursor.count() ?? counts.cached
        } else if key == "cache_creation_input_tokens" {
            counts.cacheWritten = cursor.count() ?? counts.cacheWritten
        } else if key == "reasoning_tokens" {
            // SGLang has it outside the details.
            counts.reasoning = cursor.count() ?? counts.reasoning
        } else {
            cursor.skipValue()
        }
    }

    private static func readPromptDetails(_ cursor: inout JSONCursor, _ counts: inout UsageCounts) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "cached_tokens" {
                counts.cached = cursor.count() ?? counts.cached
            } else if key == "cache_write_tokens" {
                counts.cacheWritten = cursor.count() ?? counts.cacheWritten
            } else {
                cursor.skipValue()
            }
        }
    }

    private static func readCompletionDetails(_ cursor: inout JSONCursor, _ counts: inout UsageCounts) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "reasoning_tokens" {
                counts.reasoning = cursor.count() ?? counts.reasoning
            } else {
                cursor.skipValue()
            }
        }
    }

    /// The `timings` of llama.cpp: milliseconds, and counts of which the prompt's leaves out what was cached.
    static func llamaTimings(_ cursor: inout JSONCursor) -> EngineReport? {
        guard cursor.enterObject() else { return nil }
        var report = EngineReport()
        while let key = cursor.nextKey() {
            if key == "prompt_n" {
                report.evaluated = cursor.count()
            } else if key == "cache_n" {
                report.cached = cursor.count()
            } else if key == "predicted_n" {
                report.generated = cursor.count()
            } else if key == "prompt_ms" {
                report.timings.prefill = cursor.duration(unit: 1e-3)
            } else if key == "predicted_ms" {
                report.timings.decode = cursor.duration(unit: 1e-3)
            } else {
                cursor.skipValue()
            }
        }
        return report
    }

    /// The `metrics` that vLLM adds where it is told to.
    ///
    /// Its time to first token runs from when the request was scheduled, so that it is the time of the prefill, and
    /// the time from arrival is the sum with the time in the queue.
    static func vllmMetrics(_ cursor: inout JSONCursor) -> EngineReport? {
        guard cursor.enterObject() else { return nil }
        var report = EngineReport()
        while let key = cursor.nextKey() {
            if key == "queue_time_ms" {
                report.timings.queue = cursor.duration(unit: 1e-3)
            } else if key == "time_to_first_token_ms" {
                report.timings.prefill = cursor.duration(unit: 1e-3)
            } else if key == "generation_time_ms" {
                report.timings.decode = cursor.duration(unit: 1e-3)
            } else {
                cursor.skipValue()
            }
        }
        if let queue = report.timings.queue, let prefill = report.timings.prefill {
            report.timings.timeToFirstToken = queue + prefill
        }
        return report
    }

    /// Whether a value says something: not null, false, empty text; a container does.
    static func isSaid(_ cursor: inout JSONCursor) -> Bool {
        switch cursor.kind {
        case .string: return cursor.string()?.isEmpty == false
        case .literal: return cursor.bool() == true
        default:
            cursor.skipValue()
            return true
        }
    }
}
