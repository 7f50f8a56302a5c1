// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// A change to a request's bytes: what stands in `range` is replaced.
package struct RequestSplice: Sendable, Hashable {
    /// The bytes to take out; empty where something is only put in.
    package var range: Range<Int>
    /// What comes in their place.
    package var replacement: [UInt8]

    /// The splice that makes a streamed OpenAI chat or completion request ask for usage; nothing where it already
    /// does, is not streamed, is of another dialect, or cannot be read.
    ///
    /// A client that asked for a stream without usage gets one: the caller hides the event that it did not want.
    package static func askingForUsage(body: UnsafeRawBufferPointer, route: MeteredRoute) -> RequestSplice? {
        guard route.dialect == .openAI, route.operation == .chat || route.operation == .completion else { return nil }
        var cursor = JSONCursor(body)
        cursor.skipByteOrderMark()
        guard cursor.enterObject() else { return nil }
        let inside = cursor.position
        var isStreamed = false
        var options: StreamOptions?
        while let key = cursor.nextKey() {
            if key == "stream" {
                isStreamed = cursor.bool() == true
            } else if key == "stream_options" {
                options = StreamOptions(&cursor)
            } else {
                cursor.skipValue()
            }
        }
        guard cursor.isAtEnd, isStreamed else { return nil }
        guard let options else {
            // The object has at least the key `stream`, so that a comma must follow.
            return RequestSplice(inside..<inside, #""stream_options":{"include_usage":true},"#)
        }
        return splice(into: options)
    }

    private static func splice(into options: StreamOptions) -> RequestSplice? {
        switch options.kind {
        case .literal:
            return RequestSplice(options.range, #"{"include_usage":true}"#)
        case .object:
            if options.asksForUsage { return nil }
            if let value = options.includeUsage { return RequestSplice(value, "true") }
            let inside = options.range.lowerBound + 1
            return RequestSplice(inside..<inside, #""include_usage":true"# + (options.isEmpty ? "" : ","))
        default:
            // What no engine accepts is the client's own affair.
            return nil
        }
    }

    private init(_ range: Range<Int>, _ replacement: String) {
        self.range = range
        self.replacement = Array(replacement.utf8)
    }

    /// Whether an error answer (400 or 422) refuses the key that the splice added, by name.
    ///
    /// Validators that echo the request under `input` when they refuse something else are not taken in.
    package static func isRefused(status: Int, body: UnsafeRawBufferPointer) -> Bool {
        guard status == 400 || status == 422 else { return false }
        var cursor = JSONCursor(body)
        let isNamed = isNamed(&cursor)
        return cursor.isAtEnd ? isNamed : names(body)
    }

    private static func isNamed(_ cursor: inout JSONCursor) -> Bool {
        var isFound = false
        switch cursor.kind {
        case .string:
            isFound = cursor.string().map { names($0.bytes) } == true
        case .array:
            guard cursor.enterArray() else { return false }
            while cursor.nextElement() { isFound = isNamed(&cursor) || isFound }
        case .object:
            guard cursor.enterObject() else { return false }
            while let key = cursor.nextKey() {
                isFound = names(key.bytes) || isFound
                if key == "input" { cursor.skipValue() } else { isFound = isNamed(&cursor) || isFound }
            }
        default:
            cursor.skipValue()
        }
        return isFound
    }

    private static func names(_ text: UnsafeRawBufferPointer) -> Bool {
        ByteScan.contains("stream_options", in: text) || ByteScan.contains("include_usage", in: text)
    }
}
