// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The labels of a series, sorted by name, so that equal sets are equal whatever order they came in.
package struct PrometheusLabels: Sendable, Hashable {
    private struct Pair: Sendable, Hashable {
        let name: String
        let value: String
    }

    private var pairs: [Pair] = []

    /// No labels.
    package init() {}

    /// Reads what stands between the braces, `le` left out if told: it tells a bucket and no series.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, leavingOutBound: Bool = false) {
        var cursor = LabelCursor(bytes, range)
        while let label = cursor.next() {
            if leavingOutBound, label.isNamed("le", in: bytes) { continue }
            let value = bytes[label.value]
            pairs.append(
                Pair(
                    name: String(decoding: bytes[label.name], as: UTF8.self),
                    value: String(decoding: label.hasEscapes ? Self.unescaped(value) : Array(value), as: UTF8.self)
                )
            )
        }
        pairs.sort { $0.name < $1.name }
    }

    /// The value of a label.
    package subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    func contains(anyOf names: Set<String>) -> Bool {
        pairs.contains { names.contains($0.name) }
    }

    func removing(_ names: Set<String>) -> PrometheusLabels {
        var rest = self
        rest.pairs.removeAll { names.contains($0.name) }
        return rest
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
