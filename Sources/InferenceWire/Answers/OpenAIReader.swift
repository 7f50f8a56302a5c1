// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads chunks and bodies of OpenAI's chat, completions and embeddings, as all engines speak them.
enum OpenAIReader {
    static func read(_ cursor: inout JSONCursor, into facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        facts.isObject = true
        while let key = cursor.nextKey() {
            if key == "choices" {
                readChoices(&cursor, &facts)
            } else if key == "model" {
                facts.model = cursor.string()
            } else if key == "usage" {
                facts.usage = ReportReader.usage(&cursor)
            } else if key == "timings" {
                facts.report = ReportReader.llamaTimings(&cursor)
            } else if key == "error" {
                facts.isError = ReportReader.isSaid(&cursor) || facts.isError
            } else if key == "object" {
                // The shape of older vLLM: the error is the object itself.
                if let object = cursor.string(), object == "error" { facts.isError = true }
            } else if key == "metrics" {
                facts.report = ReportReader.vllmMetrics(&cursor) ?? facts.report
            } else {
                cursor.skipValue()
            }
        }
    }

    private static func readChoices(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard cursor.enterArray() else { return }
        facts.hasChoices = true
        while cursor.nextElement() { readChoice(&cursor, &facts) }
    }

    private static func readChoice(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        var choice = AnswerFacts.Choice()
        while let key = cursor.nextKey() {
            if key == "delta" || key == "message" {
                readMessage(&cursor, &facts)
            } else if key == "finish_reason" {
                let reason = cursor.string()
                choice.finishReason = reason?.isEmpty == false ? reason : nil
            } else if key == "index" {
                choice.index = cursor.count() ?? 0
            } else if key == "text" {
                readText(&cursor, &facts, isReasoning: false, isTold: true)
            } else {
                cursor.skipValue()
            }
        }
        facts.add(choice)
    }

    private static func readMessage(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        var hasRole = false
        while let key = cursor.nextKey() {
            if key == "content" {
                readText(&cursor, &facts, isReasoning: false, isTold: true)
            } else if key == "role" {
                hasRole = true
                cursor.skipValue()
            } else if key == "reasoning_content" || key == "reasoning" || key == "thinking" {
                readText(&cursor, &facts, isReasoning: true, isTold: true)
            } else if key == "tool_calls" || key == "function_call" {
                if ToolCallReader.isGenerated(&cursor) { facts.addPayload(isReasoning: false) }
            } else if key == "refusal" || key == "audio" {
                readText(&cursor, &facts, isReasoning: false, isTold: false)
            } else {
                cursor.skipValue()
            }
        }
        if hasRole { facts.isEmptyDelta = false }
    }

    // `isTold`: whether the key, empty, still means that a token was made.
    @inline(__always)
    private static func readText(
        _ cursor: inout JSONCursor,
        _ facts: inout AnswerFacts,
        isReasoning: Bool,
        isTold: Bool
    ) {
        switch cursor.kind {
        case .string:
            guard let text = cursor.string(), !text.isEmpty else {
                facts.isEmptyDelta = facts.isEmptyDelta || isTold
                return
            }
            facts.addPayload(isReasoning: isReasoning)
        case .array:
            // Content in parts.
            if hasElements(&cursor) { facts.addPayload(isReasoning: isReasoning) }
        case .object:
            facts.addPayload(isReasoning: isReasoning)
            cursor.skipValue()
        default:
            cursor.skipValue()
        }
    }

    private static func hasElements(_ cursor: inout JSONCursor) -> Bool {
        guard cursor.enterArray() else { return false }
        var isFilled = false
        while cursor.nextElement() {
            isFilled = true
            cursor.skipValue()
        }
        return isFilled
    }
}
