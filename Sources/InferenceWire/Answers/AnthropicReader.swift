// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads events and bodies of Anthropic's Messages.
enum AnthropicReader {
    static func read(_ cursor: inout JSONCursor, into facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        facts.isObject = true
        while let key = cursor.nextKey() {
            if key == "type" {
                readType(&cursor, &facts)
            } else if key == "delta" {
                readDelta(&cursor, &facts)
            } else if key == "content_block" {
                readBlock(&cursor, &facts)
            } else if key == "message" {
                readMessage(&cursor, &facts)
            } else if key == "usage" {
                facts.usage = ReportReader.usage(&cursor)
            } else if key == "model" {
                facts.model = cursor.string()
            } else if key == "stop_reason" {
                facts.finishReason = cursor.string()
            } else if key == "error" {
                facts.isError = ReportReader.isSaid(&cursor) || facts.isError
            } else {
                cursor.skipValue()
            }
        }
    }

    private static func readType(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard let type = cursor.string() else { return }
        if type == "message_stop" { facts.isEnd = true }
        if type == "error" { facts.isError = true }
    }

    private static func readDelta(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "text" || key == "partial_json" {
                if cursor.string()?.isEmpty == false { facts.addPayload(isReasoning: false) }
            } else if key == "thinking" {
                if cursor.string()?.isEmpty == false { facts.addPayload(isReasoning: true) }
            } else if key == "stop_reason" {
                facts.finishReason = cursor.string()
            } else {
                // A signature is the server's own.
                cursor.skipValue()
            }
        }
    }

    // A block may begin with text; that of a tool's call begins with its name, which the model made; what a tool
    // of the server's gave back is not generated.
    private static func readBlock(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        var isCall = false
        var hasName = false
        var hasText = false
        var hasThought = false
        while let key = cursor.nextKey() {
            if key == "type" {
                isCall = cursor.string()?.hasSuffix("tool_use") == true
            } else if key == "name" {
                hasName = cursor.string()?.isEmpty == false
            } else if key == "text" {
                hasText = cursor.string()?.isEmpty == false
            } else if key == "thinking" || key == "data" {
                hasThought = cursor.string()?.isEmpty == false
            } else {
                cursor.skipValue()
            }
        }
        if hasText || (isCall && hasName) { facts.addPayload(isReasoning: false) }
        if hasThought { facts.addPayload(isReasoning: true) }
    }

    private static func readMessage(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "model" {
                facts.model = cursor.string()
            } else if key == "usage" {
                facts.usage = ReportReader.usage(&cursor)
                // What the start says of the output is a first token at most, never the count.
                facts.usage?.completion = nil
            } else {
                cursor.skipValue()
            }
        }
    }
}
