// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A scrape in Prometheus' text exposition format (0.0.4 and OpenMetrics), split into lines by name.
///
/// The bytes are scanned once for where each name's lines stand; labels and values are read when a name is asked for,
/// so that the many series that nobody asks for cost next to nothing. What is no series (comments, values that are no
/// numbers, names that are none) is passed over, so that one odd line costs no other.
package struct PrometheusText: Sendable {
    let bytes: [UInt8]
    /// Where the lines of each name stand, from the end of the name to the end of the line.
    private let lines: [String: [Range<Int>]]

    /// Scans a scrape.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = bytes.withUnsafeBytes { LineScanner(bytes: $0).scan() }
    }

    /// Scans a scrape.
    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The names of all series.
    package var names: some Collection<String> {
        lines.keys
    }

    /// Reads the lines of one name, in their order; what is no series is left out.
    func forEachLine(named name: String, _ body: (UnsafeRawBufferPointer, PrometheusLine) -> Void) {
        forEachRange(named: name) { bytes, range in
            if let line = PrometheusLine(bytes, range), !line.value.isNaN { body(bytes, line) }
        }
    }

    /// Gives the lines of one name unread, each from the end of the name to its own end.
    func forEachRange(named name: String, _ body: (UnsafeRawBufferPointer, Range<Int>) -> Void) {
        guard let ranges = lines[name] else { return }
        bytes.withUnsafeBytes { bytes in
            for range in ranges { body(bytes, range) }
        }
    }
}

/// Walks over the lines of a scrape.
private struct LineScanner {
    let bytes: UnsafeRawBufferPointer
    private var lines: [String: [Range<Int>]] = [:]
    /// The lines of the name that is being read: neighbours mostly share it, so that it is looked up once for all.
    private var run: [Range<Int>] = []
    private var name = 0..<0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    consuming func scan() -> [String: [Range<Int>]] {
        let newline = UInt8(ascii: "\n")
        var start = 0
        while start < bytes.count {
            let end = ByteScan.first(of: newline, or: newline, in: bytes, from: start)
            scanLine(start, end)
            start = end + 1
        }
        finishRun()
        return lines
    }

    private mutating func scanLine(_ start: Int, _ end: Int) {
        var first = start
        while first < end, PrometheusLine.isSpace(bytes[first]) { first += 1 }
        guard first < end, bytes[first] != UInt8(ascii: "#") else { return }
        if !name.isEmpty, first + name.count < end, !isName(bytes[first + name.count]), isName(at: first) {
            run.append(first + name.count..<end)
            return
        }
        var stop = first
        while stop < end, isName(bytes[stop]) { stop += 1 }
        guard stop > first else { return }
        finishRun()
        name = first..<stop
        run.append(stop..<end)
    }

    private mutating func finishRun() {
        guard !run.isEmpty else { return }
        lines[String(decoding: bytes[name], as: UTF8.self), default: []] += run
        run.removeAll(keepingCapacity: true)
    }

    /// Whether the name that is being read stands at a position too.
    private func isName(at position: Int) -> Bool {
        PrometheusLine.areEqual(bytes, name, position..<position + name.count)
    }

    private func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
    }
}
