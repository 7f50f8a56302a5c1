// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads the header of a GGUF file: its metadata and the shapes of its tensors.
///
/// The format: `GGUF`, a version, the numbers of tensors and of metadata entries, then both, all little-endian. Only
/// the header is needed, which lies at the start of the file.
package struct GGUFReader {
    /// Why a file could not be read.
    package enum Failure: Error, Sendable, Hashable {
        /// The bytes do not begin as a GGUF file of version 2 or 3 does.
        case notGGUF
        /// The header goes on past the bytes that were given: more of the file is needed.
        case truncated
        /// The header contradicts itself.
        case malformed
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var shape = ModelShape()
    private var fileType: Double?

    /// Reads the start of a file.
    ///
    /// - Parameter head: bytes from the start of the file, at least as long as its header.
    /// - Returns: What the header tells.
    /// - Throws: ``Failure`` where the bytes are no whole header.
    package static func read(_ head: [UInt8]) throws(Failure) -> ModelInformation {
        var result: Result<ModelInformation, Failure> = .failure(.notGGUF)
        head.withUnsafeBytes { bytes in
            var reader = GGUFReader(bytes)
            do throws(Failure) {
                result = .success(try reader.read())
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private mutating func read() throws(Failure) -> ModelInformation {
        guard bytes.starts(with: "GGUF".utf8) else { throw .notGGUF }
        position = 4
        let version = try integer(UInt32.self)
        guard version == 2 || version == 3 else { throw .notGGUF }
        let tensors = try integer(UInt64.self)
        let entries = try integer(UInt64.self)
        for _ in 0..<entries { try readEntry() }
        var information = ModelInformation()
        let parameters = try readTensors(tensors)
        information.parameters = parameters > 0 ? parameters : nil
        shape.complete(&information)
        information.quantization = fileType.flatMap { Int(exactly: $0) }.flatMap { Self.fileTypes[$0] }
        return information
    }

    private mutating func readTensors(_ count: UInt64) throws(Failure) -> Double {
        var parameters = 0.0
        for _ in 0..<count {
            _ = try readString()
            let dimensions = try integer(UInt32.self)
            guard dimensions <= 8 else { throw .malformed }
            var elements = 1.0
            for _ in 0..<dimensions { elements *= Double(try integer(UInt64.self)) }
            parameters += elements
            try skip(4 + 8)
        }
        return parameters
    }

    private mutating func readEntry() throws(Failure) {
        let key = try readString()
        let type = try integer(UInt32.self)
        switch type {
        case 8:
            let text = try readString()
            if key == "general.architecture" { shape.architecture = text }
        case 9: try skipArray()
        default:
            guard let number = try readNumber(type) else { throw .malformed }
            if key == "general.file_type" { fileType = number }
            shape.numbers[key] = number
        }
    }

    /// A number of one of the format's scalar types; nothing for a type that is none.
    private mutating func readNumber(_ type: UInt32) throws(Failure) -> Double? {
        switch type {
        case 0, 7: Double(try integer(UInt8.self))
        case 1: Double(try integer(Int8.self))
        case 2: Double(try integer(UInt16.self))
        case 3: Double(try integer(Int16.self))
        case 4: Double(try integer(UInt32.self))
        case 5: Double(try integer(Int32.self))
        case 6: Double(Float(bitPattern: try integer(UInt32.self)))
        case 10: Double(try integer(UInt64.self))
        case 11: Double(try integer(Int64.self))
        case 12: Double(bitPattern: try integer(UInt64.self))
        default: nil
        }
    }

    private mutating func skipArray() throws(Failure) {
        let type = try integer(UInt32.self)
        let count = try integer(UInt64.self)
        if type == 8 {
            for _ in 0..<count { try skip(Int(clamping: try integer(UInt64.self))) }
            return
        }
        // Arrays of arrays are in the format and in no known file.
        let sizes: [UInt32: UInt64] = [0: 1, 1: 1, 7: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 10: 8, 11: 8, 12: 8]
        guard let size = sizes[type] else { throw .malformed }
        let (length, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow else { throw .malformed }
        try skip(Int(clamping: length))
    }

    private mutating func readString() throws(Failure) -> String {
        let count = Int(clamping: try integer(UInt64.self))
        let start = position
        try skip(count)
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(Failure) -> Integer {
        let start = position
        try skip(MemoryLayout<Integer>.size)
        return Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Integer.self))
    }

    private mutating func skip(_ count: Int) throws(Failure) {
        guard count <= bytes.count - position else { throw .truncated }
        position += count
    }

    /// Names of `general.file_type` (llama.cpp, `llama_ftype`), of those that are common.
    private static let fileTypes: [Int: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
        12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
        19: "IQ2_XXS", 20: "IQ2_XS", 23: "IQ3_XXS", 25: "IQ4_NL", 30: "IQ4_XS", 32: "BF16", 38: "MXFP4_MOE",
    ]
}
