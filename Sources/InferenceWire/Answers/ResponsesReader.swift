// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads events and bodies of OpenAI's Responses.
enum ResponsesReader {
    // What must all be known before an event can be judged, since its type may come last.
    private struct Parts {
        var type: JSONString?
        var status: JSONString?
        var incompleteReason: JSONString?
        var hasDelta = false
        var itemIsCall = false
        var itemHasName = false
    }

    static func read(_ cursor: inout JSONCursor, into facts: inout AnswerFacts) {
        guard cursor.enterObject() else { return }
        facts.isObject = true
        var parts = Parts()
        while let key = cursor.nextKey() {
            if key == "type" {
                parts.type = cursor.string()
            } else if key == "delta" {
                parts.hasDelta = ReportReader.isSaid(&cursor)
            } else if key == "item" {
                readItem(&cursor, &parts)
            } else if key == "response" {
                readResponse(&cursor, &facts, &parts)
            } else if key == "timings" {
                facts.report = ReportReader.llamaTimings(&cursor)
            } else {
                // A body is the response itself.
                readResponseKey(key, &cursor, &facts, &parts)
            }
        }
        judge(parts, &facts)
    }

    private static func readResponse(_ cursor: inout JSONCursor, _ facts: inout AnswerFacts, _ parts: inout Parts) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() { readResponseKey(key, &cursor, &facts, &parts) }
    }

    private static func readResponseKey(
        _ key: JSONString,
        _ cursor: inout JSONCursor,
        _ facts: inout AnswerFacts,
        _ parts: inout Parts
    ) {
        if key == "model" {
            facts.model = cursor.string()
        } else if key == "status" {
            parts.status = cursor.string()
        } else if key == "usage" {
            facts.usage = ReportReader.usage(&cursor)
        } else if key == "error" {
            facts.isError = ReportReader.isSaid(&cursor) || facts.isError
        } else if key == "incomplete_details" {
            parts.incompleteReason = readReason(&cursor)
        } else {
            cursor.skipValue()
        }
    }

    private static func readReason(_ cursor: inout JSONCursor) -> JSONString? {
        guard cursor.enterObject() else { return nil }
        var reason: JSONString?
        while let key = cursor.nextKey() {
            if key == "reason" { reason = cursor.string() } else { cursor.skipValue() }
        }
        return reason
    }

    private static func readItem(_ cursor: inout JSONCursor, _ parts: inout Parts) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "type" {
                parts.itemIsCall = cursor.string()?.hasSuffix("_call") == true
            } else if key == "name" {
                parts.itemHasName = cursor.string()?.isEmpty == false
            } else {
                cursor.skipValue()
            }
        }
    }

    private static func judge(_ parts: Parts, _ facts: inout AnswerFacts) {
        guard let type = parts.type else {
            facts.finishReason = ending(parts)
            return
        }
        if parts.hasDelta, type.hasSuffix(".delta") {
            facts.addPayload(isReasoning: ByteScan.contains("reasoning", in: type.bytes))
        } else if type == "response.output_item.added" {
            if parts.itemIsCall, parts.itemHasName { facts.addPayload(isReasoning: false) }
        } else if type == "response.completed" || type == "response.incomplete" || type == "response.failed" {
            facts.isEnd = true
            facts.finishReason = ending(parts)
            if type == "response.failed" { facts.isError = true }
        } else if type == "error" {
            facts.isError = true
        }
    }

    // vLLM says `response.completed` of a response that is incomplete: the status and its reason tell.
    private static func ending(_ parts: Parts) -> JSONString? {
        if let reason = parts.incompleteReason, !reason.isEmpty { return reason }
        guard let status = parts.status, !(status == "in_progress"), !(status == "queued") else { return nil }
        return status
    }
}
