// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The `stream_options` of a request, and where they stand in its bytes.
struct StreamOptions {
    /// The value's place.
    let range: Range<Int>
    let kind: JSONCursor.Kind
    /// Whether the object has no keys.
    private(set) var isEmpty = true
    /// The place of what `include_usage` says, the last if it is said twice.
    private(set) var includeUsage: Range<Int>?
    /// Whether usage is asked for.
    private(set) var asksForUsage = false

    /// Reads the next value, which it passes.
    init(_ cursor: inout JSONCursor) {
        kind = cursor.kind
        let start = cursor.position
        var reader = cursor
        cursor.skipValue()
        range = start..<max(start, cursor.position)
        guard kind == .object, reader.enterObject() else { return }
        while let key = reader.nextKey() {
            isEmpty = false
            let isOurs = key == "include_usage"
            _ = reader.kind
            let valueStart = reader.position
            let value = reader.bool()
            guard isOurs else { continue }
            includeUsage = valueStart..<reader.position
            asksForUsage = value == true
        }
    }
}
