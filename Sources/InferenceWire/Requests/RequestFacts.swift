// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What a request's bytes say, read without decoding the whole.
package struct RequestFacts: Sendable, Hashable {
    /// The model asked for.
    package var model: String?
    /// Whether a stream was asked for, by the dialect's own default where the key is missing.
    package var isStreaming: Bool
    /// Whether the client asked for usage in the stream by itself.
    package var asksForUsage = false
    /// The number of choices asked for.
    package var choices = 1
    /// Bytes of prompt, roughly, for a weight before the engine has counted.
    package var promptBytes = 0
    /// Whether the body is no JSON object.
    package var isMalformed = false

    /// Reads a request's whole body; never fails.
    ///
    /// Of a key that stands twice the last counts, as engines have it.
    package init(body: UnsafeRawBufferPointer, route: MeteredRoute) {
        // Ollama streams unless told not to.
        let streamsByDefault = route.dialect == .ollama && route.operation != .embedding
        isStreaming = streamsByDefault
        var cursor = JSONCursor(body)
        cursor.skipByteOrderMark()
        guard cursor.enterObject() else {
            isMalformed = true
            return
        }
        while let key = cursor.nextKey() {
            if key == "stream" {
                isStreaming = cursor.bool() ?? streamsByDefault
            } else {
                read(key, &cursor)
            }
        }
        isMalformed = !cursor.isAtEnd
    }

    private mutating func read(_ key: JSONString, _ cursor: inout JSONCursor) {
        if key == "model" {
            model = cursor.string()?.text()
        } else if key == "stream_options" {
            asksForUsage = StreamOptions(&cursor).asksForUsage
        } else if key == "n" {
            choices = max(1, cursor.count() ?? 1)
        } else if Self.holdsPrompt(key) {
            promptBytes += PromptMeter.bytes(&cursor)
        } else {
            cursor.skipValue()
        }
    }

    private static func holdsPrompt(_ key: JSONString) -> Bool {
        key == "messages" || key == "prompt" || key == "input" || key == "system" || key == "instructions"
            || key == "tools" || key == "suffix"
    }
}
