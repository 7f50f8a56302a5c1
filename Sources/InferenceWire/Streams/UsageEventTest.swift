// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Knows the event that an engine adds to a stream where usage was asked for.
///
/// Its data is a JSON object with an empty list of `choices`, a `usage` object and no error, whatever its `object` is
/// called. Usage beside choices, as transformers sends it, is not it: that event holds the finish reason.
enum UsageEventTest {
    /// Whether the lines of an event are such a one; nothing if they are too few to tell.
    static func isUsageOnly(_ event: UnsafeRawBufferPointer) -> Bool? {
        var data: UnsafeRawBufferPointer?
        var joined: [UInt8] = []
        var start = 0
        while start < event.count {
            let end = ByteScan.first(of: UInt8(ascii: "\n"), or: UInt8(ascii: "\n"), in: event, from: start)
            let line = UnsafeRawBufferPointer(rebasing: event[start..<end])
            start = end + 1
            guard let value = value(of: line) else { continue }
            if let first = data {
                // Data in several lines is one text; engines send it in one.
                if joined.isEmpty { joined = Array(first) }
                joined.append(UInt8(ascii: "\n"))
                joined.append(contentsOf: value)
            } else {
                data = value
            }
        }
        if !joined.isEmpty { return joined.withUnsafeBytes { judge($0) } }
        return data.flatMap(judge)
    }

    private static func value(of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard ByteScan.matches("data:", line, at: 0) else { return nil }
        return UnsafeRawBufferPointer(rebasing: line[5...])
    }

    private static func judge(_ text: UnsafeRawBufferPointer) -> Bool? {
        var cursor = JSONCursor(text)
        guard cursor.kind == .object else { return nilOrFalse(cursor) }
        guard cursor.enterObject() else { return nil }
        var hasNoChoices = false
        var hasUsage = false
        while let key = cursor.nextKey() {
            if key == "choices" {
                guard cursor.kind == .array, cursor.enterArray() else { return nilOrFalse(cursor) }
                if cursor.nextElement() { return false }
                hasNoChoices = true
            } else if key == "usage" {
                hasUsage = cursor.kind == .object
                cursor.skipValue()
            } else if key == "error" {
                if ReportReader.isSaid(&cursor) { return false }
            } else {
                cursor.skipValue()
            }
        }
        return cursor.isAtEnd ? hasNoChoices && hasUsage : nil
    }

    private static func nilOrFalse(_ cursor: JSONCursor) -> Bool? {
        cursor.isBroken || cursor.position == cursor.bytes.count ? nil : false
    }
}
