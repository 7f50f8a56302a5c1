// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The compact form in which distributions are kept: variable-length numbers, empty buckets left out.
///
/// Layout: count; where it is not 0: zeros, the bits of minimum and maximum (8 bytes each, little-endian), then for
/// each bucket that is not empty its distance from the one before (the first zigzag-coded) and its count, until all
/// counts are told.
extension QuantileSketch {
    /// The distribution's bytes; the same for equal distributions.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    /// Appends the distribution's bytes.
    package func encode(into bytes: inout [UInt8]) {
        // Room for the longest form of each number: this runs for every row of the roll-ups that a commit touches.
        let longest = 40 + 12 * buckets.count
        withUnsafeTemporaryAllocation(byteCount: longest, alignment: 1) { room in
            var writer = VariableLengthNumber.Writer(room)
            encode(to: &writer)
            bytes.append(contentsOf: room[..<writer.count])
        }
    }

    private func encode(to writer: inout VariableLengthNumber.Writer) {
        writer.append(UInt64(count))
        guard count > 0 else { return }
        writer.append(UInt64(zeroCount))
        writer.append(bits: minimum.bitPattern)
        writer.append(bits: maximum.bitPattern)
        var previous: Int?
        for place in buckets.indices where buckets[place] > 0 {
            let index = offset + place
            if let previous {
                writer.append(UInt64(index - previous))
            } else {
                writer.append(VariableLengthNumber.zigzag(index))
            }
            writer.append(UInt64(buckets[place]))
            previous = index
        }
    }

    /// Adds an encoded distribution without making it first.
    ///
    /// - Returns: Whether the bytes were a distribution; if not, what had been read of them stays added.
    package mutating func merge(encoded reader: inout VariableLengthNumber.Reader) -> Bool {
        guard let total = reader.next() else { return false }
        if total == 0 { return true }
        guard let zeros = reader.next(), zeros <= total, total <= Self.largestCount,
            let minimum = reader.nextBits(), let maximum = reader.nextBits()
        else { return false }
        addSummary(
            count: Int(total),
            zeroCount: Int(zeros),
            minimum: Double(bitPattern: minimum),
            maximum: Double(bitPattern: maximum)
        )
        let rest = total - zeros
        if rest == 0 { return true }
        let largest = Double(bitPattern: maximum)
        guard largest > 0, largest.isFinite else { return false }
        return mergeBuckets(rest, upTo: Self.index(of: largest), from: &reader)
    }

    /// Adds buckets whose counts come to a number.
    ///
    /// Room is made once, since a summary merges thousands of these.
    private mutating func mergeBuckets(
        _ total: UInt64,
        upTo last: Int,
        from reader: inout VariableLengthNumber.Reader
    ) -> Bool {
        guard let code = reader.next() else { return false }
        var index = VariableLengthNumber.unzigzag(code)
        guard index <= last, index >= -Self.largestIndex else { return false }
        makeRoom(for: index)
        makeRoom(for: last)
        let offset = offset
        var local = reader
        defer { reader = local }
        return withUnsafeBuckets { buckets in
            var rest = total
            while true {
                guard let bucket = local.next(), bucket > 0, bucket <= rest else { return false }
                buckets[index - offset] += Int(bucket)
                rest -= bucket
                if rest == 0 { return true }
                guard let step = local.next(), step <= UInt64(last - index) else { return false }
                index += Int(step)
            }
        }
    }

    private static let largestCount = UInt64(1) << 53
    /// The index of the largest finite number; bytes that claim more are damaged.
    private static let largestIndex = 1_100 * 64
}

/// Numbers in as few bytes as they need, seven bits a byte (LEB128).
package enum VariableLengthNumber {
    /// Folds the sign into the lowest bit.
    package static func zigzag(_ number: Int) -> UInt64 {
        UInt64(bitPattern: Int64((number << 1) ^ (number >> 63)))
    }

    /// Undoes `zigzag`.
    package static func unzigzag(_ number: UInt64) -> Int {
        Int(bitPattern: UInt(number >> 1)) ^ -Int(number & 1)
    }

    /// Writes numbers into room that outlives it and is large enough: at most ten bytes a number.
    package struct Writer {
        private let room: UnsafeMutableRawBufferPointer
        /// The number of bytes written.
        package private(set) var count = 0

        /// Creates a writer at the start of room.
        package init(_ room: UnsafeMutableRawBufferPointer) {
            self.room = room
        }

        /// Appends a number.
        package mutating func append(_ number: UInt64) {
            var rest = number
            while rest >= 0x80 {
                room[count] = UInt8(truncatingIfNeeded: rest) | 0x80
                count += 1
                rest >>= 7
            }
            room[count] = UInt8(truncatingIfNeeded: rest)
            count += 1
        }

        /// Appends eight bytes, the lowest first.
        package mutating func append(bits: UInt64) {
            room.storeBytes(of: bits.littleEndian, toByteOffset: count, as: UInt64.self)
            count += 8
        }
    }

    /// Reads numbers from bytes that outlive it.
    package struct Reader {
        private let bytes: UnsafeRawBufferPointer
        private var place = 0

        /// Creates a reader at the start of bytes.
        package init(_ bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
        }

        /// The next number, or nothing at the end or in damaged bytes.
        @inline(__always)
        package mutating func next() -> UInt64? {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            // Most are small: a summary reads millions of them.
            return byte < 0x80 ? UInt64(byte) : longer(UInt64(byte & 0x7F))
        }

        private mutating func longer(_ start: UInt64) -> UInt64? {
            var number = start
            var shift: UInt64 = 7
            while shift < 64, place < bytes.count {
                let byte = bytes[place]
                place += 1
                number |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return number }
                shift += 7
            }
            return nil
        }

        /// The next eight bytes.
        package mutating func nextBits() -> UInt64? {
            guard bytes.count - place >= 8 else { return nil }
            defer { place += 8 }
            return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        }
    }
}
