// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Bytes as AMD's driver shows them in `gpu_metrics`, in each of its layouts.
///
/// Every field that is not given is all ones, which says that the card does not have it.
public enum GPUMetricsBlob {
    private struct Layout {
        var size: Int
        var energy: Int?
        var energyWidth = 8
        var power: Int
        var powerWidth = 2
    }

    /// Makes the bytes of a version.
    ///
    /// - Parameters:
    ///   - format: The first number of the version: 1 for cards, 2 and 3 for processors with graphics.
    ///   - content: The second number.
    ///   - energy: The accumulator, in 2^-16 J.
    ///   - power: The socket's power, in the version's own unit.
    ///   - size: The size that the header gives; by default that of the version.
    /// - Returns: The bytes; a header alone for a version that does not exist.
    public static func bytes(
        format: UInt8,
        content: UInt8,
        energy: UInt64? = nil,
        power: UInt64? = nil,
        size: Int? = nil
    ) -> [UInt8] {
        if format == 1 && content == 9 { return attributes(energy: energy, power: power) }
        let layout = layout(format: format, content: content)
        let size = size ?? layout?.size ?? 4
        var bytes = [UInt8](repeating: 0xFF, count: max(size, 4))
        put(UInt64(size), at: 0, width: 2, in: &bytes)
        bytes[2] = format
        bytes[3] = content
        if let layout, let energy, let offset = layout.energy {
            put(energy, at: offset, width: layout.energyWidth, in: &bytes)
        }
        if let layout, let power { put(power, at: layout.power, width: layout.powerWidth, in: &bytes) }
        return bytes
    }

    private static func layout(format: UInt8, content: UInt8) -> Layout? {
        switch (format, content) {
        case (1, 0): Layout(size: 96, energy: 36, energyWidth: 4, power: 34)
        case (1, 1): Layout(size: 96, energy: 24, power: 22)
        case (1, 2): Layout(size: 104, energy: 24, power: 22)
        case (1, 3): Layout(size: 120, energy: 24, power: 22)
        case (1, 4): Layout(size: 264, energy: 24, power: 10)
        case (1, 5): Layout(size: 352, energy: 88, power: 10)
        case (1, 6): Layout(size: 1_664, energy: 16, power: 10)
        case (1, 7), (1, 8): Layout(size: 2_048, energy: 24, power: 10)
        case (2, 0): Layout(size: 120, power: 44)
        case (2, 1...4): Layout(size: 128, power: 40)
        case (3, 0): Layout(size: 264, power: 112, powerWidth: 4)
        default: nil
        }
    }

    /// The self-describing layout: a temperature first, so that a reader has to walk.
    private static func attributes(energy: UInt64?, power: UInt64?) -> [UInt8] {
        var bytes: [UInt8] = [0, 0, 1, 9]
        append(3, width: 4, to: &bytes)
        append(word(attribute: 0, type: 2, instances: 2), width: 8, to: &bytes)
        append(55, width: 2, to: &bytes)
        append(56, width: 2, to: &bytes)
        append(word(attribute: 3, type: 2, instances: 1), width: 8, to: &bytes)
        append(power ?? 0xFFFF, width: 2, to: &bytes)
        append(word(attribute: 7, type: 6, instances: 1), width: 8, to: &bytes)
        append(energy ?? .max, width: 8, to: &bytes)
        put(UInt64(bytes.count), at: 0, width: 2, in: &bytes)
        return bytes
    }

    private static func word(attribute: UInt64, type: UInt64, instances: UInt64) -> UInt64 {
        type << 20 | attribute << 10 | instances
    }

    private static func append(_ value: UInt64, width: Int, to bytes: inout [UInt8]) {
        for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    private static func put(_ value: UInt64, at offset: Int, width: Int, in bytes: inout [UInt8]) {
        for index in 0..<width where offset + index < bytes.count {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }
}
