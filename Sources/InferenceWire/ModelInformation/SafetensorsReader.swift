// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Reads the header of a safetensors file: a length in eight bytes, little-endian, then JSON with each tensor's shape.
package enum SafetensorsReader {
    /// Why a file could not be read.
    package enum Failure: Error, Sendable, Hashable {
        /// The bytes do not begin as a safetensors file does.
        case notSafetensors
        /// The header goes on past the bytes that were given: as many from the start of the file are needed.
        case truncated(needed: Int)
    }

    /// The format's own limit for a header.
    private static let longestHeader = 100_000_000

    /// Reads the start of a file.
    ///
    /// Weights that are packed into wider integers cannot be counted by their shapes: for a file with such there are
    /// bytes and no parameters.
    ///
    /// - Parameter head: bytes from the start of the file, at least as long as its header.
    /// - Returns: Parameters and bytes of the file's tensors: of a model in several files, this one's part.
    /// - Throws: ``Failure`` where the bytes are no whole header.
    package static func read(_ head: [UInt8]) throws(Failure) -> ModelInformation {
        guard head.count >= 8 else { throw .truncated(needed: 8) }
        let length = head[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(longestHeader), length >= 2 else { throw .notSafetensors }
        let end = 8 + Int(length)
        guard head.count >= end else { throw .truncated(needed: end) }
        guard let information = head[8..<end].withUnsafeBytes(information) else { throw .notSafetensors }
        return information
    }

    private static func information(_ bytes: UnsafeRawBufferPointer) -> ModelInformation? {
        var cursor = JSONCursor(bytes)
        var tally = Tally()
        guard cursor.enterObject() else { return nil }
        while let key = cursor.nextKey() {
            if key == "__metadata__" {
                cursor.skipValue()
            } else {
                tally.add(Tensor(&cursor), isPackedName: key.hasSuffix("qweight") || key.hasSuffix("weight_packed"))
            }
        }
        return cursor.isBroken || tally.isMalformed ? nil : tally.information
    }
}

/// One tensor of the header.
private struct Tensor {
    var type = ""
    var elements: Double?
    var bytes: Double?

    init(_ cursor: inout JSONCursor) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "dtype" {
                type = cursor.string()?.text() ?? ""
            } else if key == "shape" {
                elements = Self.numbers(&cursor).reduce(1, *)
            } else if key == "data_offsets" {
                let offsets = Self.numbers(&cursor)
                if offsets.count == 2, offsets[1] >= offsets[0] { bytes = offsets[1] - offsets[0] }
            } else {
                cursor.skipValue()
            }
        }
    }

    private static func numbers(_ cursor: inout JSONCursor) -> [Double] {
        var numbers: [Double] = []
        guard cursor.enterArray() else { return numbers }
        while cursor.nextElement() {
            if let number = cursor.number() { numbers.append(number) }
        }
        return numbers
    }
}

/// Sums over the tensors.
private struct Tally {
    private var parameters = 0.0
    private var bytes = 0.0
    private var bytesByType: [String: Double] = [:]
    private var isPacked = false
    private(set) var isMalformed = false

    mutating func add(_ tensor: Tensor, isPackedName: Bool) {
        guard let elements = tensor.elements, let size = tensor.bytes, elements >= 0 else {
            isMalformed = true
            return
        }
        isPacked = isPacked || (isPackedName && (tensor.type.hasPrefix("I") || tensor.type.hasPrefix("U")))
        parameters += elements
        bytes += size
        bytesByType[tensor.type, default: 0] += size
    }

    var information: ModelInformation {
        var information = ModelInformation()
        information.parameters = isPacked || parameters == 0 ? nil : parameters
        information.bytes = bytes > 0 ? bytes : nil
        information.quantization = bytesByType.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        return information
    }
}
