// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The head of an HTTP/1 answer.
struct HTTPHead {
    let status: Int
    let headers: [(name: String, value: String)]
    /// Bytes up to and with the empty line.
    let length: Int

    init?(_ raw: [UInt8]) {
        guard let length = Self.length(of: raw) else { return nil }
        let lines = String(decoding: raw[..<length], as: UTF8.self)
            .split(omittingEmptySubsequences: true) { $0.isNewline }
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        self.status = status
        self.length = length
        headers = lines.dropFirst().compactMap(Self.header)
    }

    private static func length(of raw: [UInt8]) -> Int? {
        var lineStart = 0
        for (index, byte) in raw.enumerated() where byte == UInt8(ascii: "\n") {
            let line = raw[lineStart..<index]
            if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    private static func header(_ line: Substring) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        return (String(line[..<colon]), String(value))
    }
}

/// Where the content of an HTTP/1 body lies among its framing.
struct HTTPBodyFraming {
    /// A run of content bytes.
    struct Piece {
        let start: Int
        let count: Int
    }

    private(set) var pieces: [Piece] = []
    private(set) var isWhole = false

    init(_ raw: [UInt8], from start: Int, headers: [(name: String, value: String)]) {
        func value(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value.lowercased()
        }
        if value("transfer-encoding") == "chunked" {
            readChunks(raw, from: start)
            return
        }
        let promised = value("content-length").flatMap(Int.init) ?? raw.count - start
        let count = min(promised, raw.count - start)
        if count > 0 { pieces = [Piece(start: start, count: count)] }
        isWhole = count == promised
    }

    // Each chunk: its size in hexadecimal, perhaps an extension, a line end; the content; a line end. Size 0 ends.
    private mutating func readChunks(_ raw: [UInt8], from start: Int) {
        var position = start
        while let lineEnd = raw[position...].firstIndex(of: UInt8(ascii: "\n")) {
            let digits = String(decoding: raw[position..<lineEnd], as: UTF8.self).prefix { $0.isHexDigit }
            guard let size = Int(digits, radix: 16), size >= 0 else { return }
            guard size > 0 else {
                isWhole = true
                return
            }
            let content = lineEnd + 1
            let count = min(size, raw.count - content)
            if count > 0 { pieces.append(Piece(start: content, count: count)) }
            guard size == count, content + count + 2 <= raw.count else { return }
            position = content + count + 2
        }
    }
}
