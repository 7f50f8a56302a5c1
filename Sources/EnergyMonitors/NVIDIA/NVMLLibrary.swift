// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// NVIDIA's management library as typed calls: each in one unit, each failing by itself.
struct NVMLLibrary: Sendable {
    let functions: NVMLFunctions

    /// Finds the library's functions.
    init(_ library: DynamicLibrary) {
        functions = NVMLFunctions(library)
    }

    func start() throws(NVMLError) {
        try functions.start { $0() }
    }

    func stop() throws(NVMLError) {
        try functions.stop { $0() }
    }

    func driverVersion() throws(NVMLError) -> String {
        try text(capacity: 80) { (buffer, size) throws(NVMLError) in
            try functions.driverVersion { $0(buffer, size) }
        }
    }

    func deviceCount() throws(NVMLError) -> Int {
        var count: UInt32 = 0
        try functions.deviceCount { $0(&count) }
        return Int(count)
    }

    func device(at index: Int) throws(NVMLError) -> NVMLHandle {
        var handle: NVMLHandle = 0
        try functions.deviceByIndex { $0(UInt32(clamping: index), &handle) }
        return handle
    }

    func name(of device: NVMLHandle) throws(NVMLError) -> String {
        try text(capacity: 96) { (buffer, size) throws(NVMLError) in
            try functions.name { $0(device, buffer, size) }
        }
    }

    func uuid(of device: NVMLHandle) throws(NVMLError) -> String {
        try text(capacity: 96) { (buffer, size) throws(NVMLError) in
            try functions.uuid { $0(device, buffer, size) }
        }
    }

    /// Whether the card is cut into instances, which have no counter of their own.
    func isCutIntoInstances(_ device: NVMLHandle) throws(NVMLError) -> Bool {
        var current: UInt32 = 0
        var pending: UInt32 = 0
        try functions.migMode { $0(device, &current, &pending) }
        return current == 1
    }

    /// The counter of all energy since the driver was loaded, in millijoules, by its own function.
    func totalEnergy(of device: NVMLHandle) throws(NVMLError) -> UInt64 {
        var millijoules: UInt64 = 0
        try functions.totalEnergy { $0(device, &millijoules) }
        return millijoules
    }

    /// Average power over the driver's own window, which may be a second long.
    func powerUsage(of device: NVMLHandle) throws(NVMLError) -> Power {
        var milliwatts: UInt32 = 0
        try functions.powerUsage { $0(device, &milliwatts) }
        return .watts(Double(milliwatts) / 1e3)
    }

    /// The limit in force; by the older function where the newer one is not there.
    func powerLimit(of device: NVMLHandle) throws(NVMLError) -> Power {
        var milliwatts: UInt32 = 0
        do throws(NVMLError) {
            try functions.enforcedPowerLimit { $0(device, &milliwatts) }
        } catch {
            try functions.managementPowerLimit { $0(device, &milliwatts) }
        }
        return .watts(Double(milliwatts) / 1e3)
    }

    /// How busy the card is, in percent.
    func utilization(of device: NVMLHandle) throws(NVMLError) -> Double {
        // nvmlUtilization_t: two words, the card and its memory.
        var words = (gpu: UInt32(0), memory: UInt32(0))
        try functions.utilization { call in withUnsafeMutableBytes(of: &words) { call(device, $0.baseAddress) } }
        return Double(words.gpu)
    }

    /// Degrees Celsius, by the versioned function first, as the other is deprecated.
    func temperature(of device: NVMLHandle) throws(NVMLError) -> Double {
        do throws(NVMLError) {
            // nvmlTemperature_t: version with the size in its low bytes, sensor 0, degrees.
            var words = (version: UInt32(0x0100_000C), sensor: Int32(0), degrees: Int32(0))
            try functions.temperatureVersioned { call in
                withUnsafeMutableBytes(of: &words) { call(device, $0.baseAddress) }
            }
            return Double(words.degrees)
        } catch {
            var degrees: UInt32 = 0
            try functions.temperature { $0(device, 0, &degrees) }
            return Double(degrees)
        }
    }

    /// Memory in use and all memory, in bytes.
    func memory(of device: NVMLHandle) throws(NVMLError) -> (used: UInt64, total: UInt64) {
        do throws(NVMLError) {
            // nvmlMemory_v2_t: version with the size in its low bytes, then total, reserved, free, used.
            var words = (UInt64(0x0200_0028), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
            try functions.memoryWithReserved { call in
                withUnsafeMutableBytes(of: &words) { call(device, $0.baseAddress) }
            }
            return (words.4, words.1)
        } catch {
            // nvmlMemory_t: total, free, used; here "used" contains what the driver reserves.
            var words = (UInt64(0), UInt64(0), UInt64(0))
            try functions.memory { call in withUnsafeMutableBytes(of: &words) { call(device, $0.baseAddress) } }
            return (words.2, words.0)
        }
    }

    private func text(
        capacity: Int,
        _ body: (UnsafeMutablePointer<CChar>, UInt32) throws(NVMLError) -> Void
    ) throws(NVMLError) -> String {
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
        buffer.initialize(repeating: 0, count: capacity)
        defer { buffer.deallocate() }
        try body(buffer, UInt32(clamping: capacity))
        buffer[capacity - 1] = 0
        return String(cString: buffer)
    }
}

extension NVMLLibrary {
    /// One field of `nvmlDeviceGetFieldValues`.
    enum Field: UInt32 {
        case totalEnergy = 83
        case averagePower = 185
        case instantPower = 186
    }

    /// What a power reading is the power of.
    enum Scope: UInt32 {
        case card = 0
        case module = 1
    }

    /// Power at this moment.
    func instantPower(of device: NVMLHandle, scope: Scope = .card) throws(NVMLError) -> Power {
        .watts(Double(try field(.instantPower, of: device, scope: scope)) / 1e3)
    }

    /// The counter of all energy since the driver was loaded, in millijoules, by its field.
    func totalEnergyField(of device: NVMLHandle) throws(NVMLError) -> UInt64 {
        try field(.totalEnergy, of: device)
    }

    private func field(_ field: Field, of device: NVMLHandle, scope: Scope = .card) throws(NVMLError) -> UInt64 {
        var value = NVMLFieldValue()
        value.field = field.rawValue
        value.scope = scope.rawValue
        try functions.fieldValues { call in withUnsafeMutableBytes(of: &value) { call(device, 1, $0.baseAddress) } }
        // The call succeeds though the field fails: each entry carries its own code.
        try functions.fieldValues { _ in value.code }
        guard let number = value.unsigned else {
            throw NVMLError(function: "field \(field.rawValue)", code: 999, text: "no number that can be used")
        }
        return number
    }
}

/// `nvmlFieldValue_t`, 40 bytes.
struct NVMLFieldValue {
    var field: UInt32 = 0
    var scope: UInt32 = 0
    var timestamp: Int64 = 0
    var latency: Int64 = 0
    var type: Int32 = 0
    var code: Int32 = 0
    var bits: UInt64 = 0

    /// The value as a whole number, whatever type the driver chose; nothing if it is none.
    var unsigned: UInt64? {
        switch type {
        case 0: UInt64(exactly: Double(bitPattern: bits).rounded())
        case 1, 5: bits & 0xFFFF_FFFF
        case 6: bits & 0xFFFF
        default: bits
        }
    }
}
