// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What the binary file `gpu_metrics` of AMD's driver says about energy, in any of its versions.
///
/// A header of four bytes gives the size and the version; the fields' places depend on the version. A field of all ones
/// is one that the card does not have. Versions from 2 on belong to processors with graphics, which have no counter.
struct GPUMetrics: Sendable, Hashable {
    /// The version, such as 1.3.
    let version: Version
    /// The energy accumulator, if the card has one.
    let energy: UInt64?
    /// The power of the socket, if the card says.
    let power: Power?
    /// How busy the graphics engine is, in percent, if the card says.
    let activityPercent: Double?

    /// A version of the file's layout.
    struct Version: Sendable, Hashable, CustomStringConvertible {
        let format: UInt8
        let content: UInt8

        var description: String {
            "\(format).\(content)"
        }
    }

    /// How the accumulator counts: in 2^-16 J, in 32 bits in the oldest layout.
    var energyFormat: CounterFormat {
        let format = CounterFormat.joulesDividedByTwo(toThe: 16)
        return version == Version(format: 1, content: 0) ? format.wrapping(after: 1 << 32) : format
    }

    /// Reads the file's bytes.
    ///
    /// - Throws: ``GPUMetricsError`` if the bytes are fewer than the header promises, or the layout is not known.
    init(_ bytes: [UInt8]) throws(GPUMetricsError) {
        let reader = ByteReader(bytes: bytes)
        guard let size = reader.unsigned(at: 0, width: 2), bytes.count >= 4 else { throw .tooShort }
        version = Version(format: bytes[2], content: bytes[3])
        if version == Version(format: 1, content: 9) {
            let attributes = try GPUMetricsAttributes(bytes)
            energy = attributes.value(of: .energy)
            power = attributes.value(of: .socketPower).map { .watts(Double($0)) }
            activityPercent = Self.percent(attributes.value(of: .graphicsActivity))
            return
        }
        guard let layout = Layout.known[version] else { throw .unknownVersion(version) }
        let promised = reader.truncated(to: Int(size))
        energy = layout.energy(in: promised, size: Int(size))
        power = layout.power(in: promised)
        activityPercent = Self.percent(layout.activity.flatMap { promised.known(at: $0, width: 2) })
        guard bytes.count >= min(Int(size), layout.end) else { throw .tooShort }
    }

    private static func percent(_ value: UInt64?) -> Double? {
        guard let value, value <= 100 else { return nil }
        return Double(value)
    }
}

/// Why the file could not be understood.
enum GPUMetricsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There are fewer bytes than the header promises.
    case tooShort
    /// The layout is one that we do not know.
    case unknownVersion(GPUMetrics.Version)

    var description: String {
        switch self {
        case .tooShort: "gpu_metrics ends too soon"
        case .unknownVersion(let version): "gpu_metrics has the unknown version \(version)"
        }
    }
}

extension GPUMetrics {
    /// Where one version keeps its fields, in bytes from the start.
    struct Layout: Sendable {
        var power: Int?
        var powerWidth = 2
        var powerUnitsPerWatt = 1.0
        var activity: Int?
        var energy: Int?
        var energyWidth = 8
        /// A size below which the same version number means another layout without a known place for energy.
        var smallestSizeWithEnergy = 0

        /// The byte after the last field that is read.
        var end: Int {
            max(power.map { $0 + powerWidth } ?? 0, energy.map { $0 + energyWidth } ?? 0)
        }

        func energy(in reader: ByteReader, size: Int) -> UInt64? {
            guard let energy, size >= smallestSizeWithEnergy else { return nil }
            return reader.known(at: energy, width: energyWidth)
        }

        func power(in reader: ByteReader) -> Power? {
            power.flatMap { reader.known(at: $0, width: powerWidth) }.map { .watts(Double($0) / powerUnitsPerWatt) }
        }

        /// The layouts of the kernel's `kgd_pp_interface.h`.
        static let known: [Version: Layout] = {
            var all: [Version: Layout] = [:]
            func add(_ format: UInt8, _ contents: ClosedRange<UInt8>, _ layout: Layout) {
                for content in contents { all[Version(format: format, content: content)] = layout }
            }
            add(1, 0...0, Layout(power: 34, activity: 28, energy: 36, energyWidth: 4))
            add(1, 1...3, Layout(power: 22, activity: 16, energy: 24))
            add(1, 4...4, Layout(power: 10, activity: 12, energy: 24))
            add(1, 5...5, Layout(power: 10, activity: 12, energy: 88))
            add(1, 6...6, Layout(power: 10, activity: 12, energy: 16, smallestSizeWithEnergy: 1_664))
            add(1, 7...8, Layout(power: 10, activity: 12, energy: 24))
            add(2, 0...0, Layout(power: 44))
            add(2, 1...3, Layout(power: 40))
            add(2, 4...4, Layout(power: 40, powerUnitsPerWatt: 1e3))
            add(3, 0...0, Layout(power: 112, powerWidth: 4, powerUnitsPerWatt: 1e3))
            return all
        }()
    }
}

/// Little-endian numbers in a run of bytes, within its bounds.
struct ByteReader: Sendable {
    let bytes: [UInt8]
    private let limit: Int

    init(bytes: [UInt8], limit: Int = .max) {
        self.bytes = bytes
        self.limit = min(limit, bytes.count)
    }

    func truncated(to size: Int) -> ByteReader {
        ByteReader(bytes: bytes, limit: size)
    }

    /// A number of up to eight bytes, or nothing if it ends beyond the bounds.
    func unsigned(at offset: Int, width: Int) -> UInt64? {
        guard offset >= 0, width > 0, width <= 8, offset + width <= limit else { return nil }
        return (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
    }

    /// A number that is not all ones, which stand for one that is not known.
    func known(at offset: Int, width: Int) -> UInt64? {
        let ones = UInt64.max >> UInt64(64 - 8 * width)
        return unsigned(at: offset, width: width).flatMap { $0 == ones ? nil : $0 }
    }
}
