// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Reads a file line by line without holding more of it than the longest line.
struct LineReader: ~Copyable {
    private let file: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// The number of the line last returned, from 1 on.
    private(set) var line = 0

    private static let chunk = 1 << 18
    private static let longestLine = 64 << 20

    init(path: String) throws(TelemetryStoreError) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .reading(path, errno) }
        self.path = path
    }

    deinit {
        close(file)
    }

    /// Gives the next line, without its end, to a body.
    ///
    /// Returns nothing at the end of the file.
    mutating func next<Result>(_ body: (UnsafeRawBufferPointer) -> Result) throws(TelemetryStoreError) -> Result? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                line += 1
                return give(start..<end, body)
            }
            searched = buffer.count
            if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                line += 1
                return give(start..<buffer.count, body)
            }
            let moved = start
            try fill()
            searched -= moved
        }
    }

    private func give<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        buffer.withUnsafeBytes { bytes in
            var range = range
            if line == 1, bytes[range].starts(with: [0xEF, 0xBB, 0xBF]) { range = range.dropFirst(3) }
            if bytes[range].last == 0x0D { range = range.dropLast() }
            return body(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    /// Reads on, after what is not yet given.
    private mutating func fill() throws(TelemetryStoreError) {
        buffer.removeFirst(start)
        start = 0
        guard buffer.count <= Self.longestLine else {
            throw TelemetryStoreError(code: .failed, message: "\(path):\(line + 1): the line is longer than 64 MiB.")
        }
        let kept = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.chunk))
        let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress.map { $0 + kept }, Self.chunk) }
        guard count >= 0 else { throw .reading(path, errno) }
        buffer.removeLast(Self.chunk - count)
        isAtEnd = count == 0
    }
}
