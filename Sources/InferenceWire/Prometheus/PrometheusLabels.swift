// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The labels of a series in the order of their names, so that equal sets are equal whatever order they came in.
///
/// They are kept as the format writes them, for most are compared with others and never read.
package struct PrometheusLabels: Sendable, Hashable {
    /// `name="value"`, joined by commas, without spaces; escapes as they stand.
    private var text = ""

    /// No labels.
    package init() {}

    /// Reads what stands between the braces, `le` left out if told: it tells a bucket and no series.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, leavingOutBound: Bool = false) {
        text =
            Self.plain(bytes, range, leavingOutBound: leavingOutBound)
            ?? Self.sorted(bytes, range) { !leavingOutBound || !$0.isNamed("le", in: bytes) }
    }

    /// The labels as they stand, where they stand in order, without spaces and without a comma at the end.
    private static func plain(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, leavingOutBound: Bool) -> String? {
        var cursor = LabelCursor(bytes, range)
        var position = range.lowerBound
        var last: Range<Int>?
        var bound: LabelCursor.Label?
        while let label = cursor.next() {
            guard label.name.lowerBound == position, label.value.lowerBound == label.name.upperBound + 2 else {
                return nil
            }
            position = label.end + 1
            if leavingOutBound, label.isNamed("le", in: bytes) {
                bound = label
                continue
            }
            if let last, !isBefore(bytes, last, label.name) { return nil }
            last = label.name
        }
        guard range.isEmpty || position == range.upperBound + 1 else { return nil }
        guard let bound else { return string(bytes, range) }
        let before = string(bytes, range.lowerBound..<max(range.lowerBound, bound.name.lowerBound - 1))
        let after = string(bytes, min(bound.end + 1, range.upperBound)..<range.upperBound)
        return before + (before.isEmpty || after.isEmpty ? "" : ",") + after
    }

    private static func sorted(
        _ bytes: UnsafeRawBufferPointer,
        _ range: Range<Int>,
        where isWanted: (LabelCursor.Label) -> Bool
    ) -> String {
        var cursor = LabelCursor(bytes, range)
        var pairs: [(name: String, text: String)] = []
        while let label = cursor.next() {
            guard isWanted(label) else { continue }
            let name = string(bytes, label.name)
            pairs.append((name, "\(name)=\"\(string(bytes, label.value))\""))
        }
        return pairs.sorted { $0.name < $1.name }.map(\.text).joined(separator: ",")
    }

    private static func string(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private static func isBefore(_ bytes: UnsafeRawBufferPointer, _ one: Range<Int>, _ other: Range<Int>) -> Bool {
        bytes[one].lexicographicallyPrecedes(bytes[other])
    }
}

extension PrometheusLabels {
    /// The value of a label.
    package subscript(name: String) -> String? {
        var value: String?
        forEachLabel { bytes, label in
            guard value == nil, bytes[label.name].elementsEqual(name.utf8) else { return }
            let escaped = bytes[label.value]
            value = String(decoding: label.hasEscapes ? Self.unescaped(escaped) : Array(escaped), as: UTF8.self)
        }
        return value
    }

    func contains(anyOf names: Set<String>) -> Bool {
        var contains = false
        forEachLabel { bytes, label in
            contains = contains || names.contains { Self.isNamed($0, label, bytes) }
        }
        return contains
    }

    func removing(_ names: Set<String>) -> PrometheusLabels {
        var rest = self
        var text = text
        rest.text = text.withUTF8 { text in
            let bytes = UnsafeRawBufferPointer(text)
            return Self.sorted(bytes, 0..<bytes.count) { label in !names.contains { Self.isNamed($0, label, bytes) } }
        }
        return rest
    }

    private func forEachLabel(_ body: (UnsafeRawBufferPointer, LabelCursor.Label) -> Void) {
        var text = text
        text.withUTF8 { text in
            let bytes = UnsafeRawBufferPointer(text)
            var cursor = LabelCursor(bytes, 0..<bytes.count)
            while let label = cursor.next() { body(bytes, label) }
        }
    }

    private static func isNamed(_ name: String, _ label: LabelCursor.Label, _ bytes: UnsafeRawBufferPointer) -> Bool {
        name.utf8.count == label.name.count && bytes[label.name].elementsEqual(name.utf8)
    }

    /// Undoes `\\`, `\"` and `\n`.
    private static func unescaped(_ bytes: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        var result: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            result.append(isEscaped && byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
            isEscaped = false
        }
        return result
    }
}
