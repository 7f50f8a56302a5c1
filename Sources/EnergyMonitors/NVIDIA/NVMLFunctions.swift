// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A device as the library knows it: a pointer that only the library follows, held as a number.
typealias NVMLHandle = UInt

/// The functions of NVIDIA's management library, found by name; what an older driver lacks is absent.
///
/// The library renames a function when its structures change, so newer names come first.
struct NVMLFunctions: Sendable {
    typealias Plain = @Sendable @convention(c) () -> Int32
    typealias Text = @Sendable @convention(c) (Int32) -> UnsafePointer<CChar>?
    typealias Word = @Sendable @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
    typealias Name = @Sendable @convention(c) (UnsafeMutablePointer<CChar>, UInt32) -> Int32
    typealias IndexToHandle = @Sendable @convention(c) (UInt32, UnsafeMutablePointer<NVMLHandle>) -> Int32
    typealias DeviceText = @Sendable @convention(c) (NVMLHandle, UnsafeMutablePointer<CChar>, UInt32) -> Int32
    typealias DeviceWord = @Sendable @convention(c) (NVMLHandle, UnsafeMutablePointer<UInt32>) -> Int32
    typealias DeviceWords =
        @Sendable @convention(c) (NVMLHandle, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) -> Int32
    typealias DeviceWide = @Sendable @convention(c) (NVMLHandle, UnsafeMutablePointer<UInt64>) -> Int32
    typealias DeviceRaw = @Sendable @convention(c) (NVMLHandle, UnsafeMutableRawPointer?) -> Int32
    typealias DeviceSensor = @Sendable @convention(c) (NVMLHandle, Int32, UnsafeMutablePointer<UInt32>) -> Int32
    typealias DeviceFields = @Sendable @convention(c) (NVMLHandle, Int32, UnsafeMutableRawPointer?) -> Int32
    typealias DeviceList =
        @Sendable @convention(c) (NVMLHandle, UnsafeMutablePointer<UInt32>, UnsafeMutableRawPointer?) -> Int32
    typealias DeviceSamples =
        @Sendable @convention(c) (
            NVMLHandle, UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt32>, UInt64
        ) -> Int32

    let start: NVMLFunction<Plain>
    let stop: NVMLFunction<Plain>
    let errorText: Text?
    let driverVersion: NVMLFunction<Name>
    let deviceCount: NVMLFunction<Word>
    let deviceByIndex: NVMLFunction<IndexToHandle>
    let name: NVMLFunction<DeviceText>
    let uuid: NVMLFunction<DeviceText>
    let totalEnergy: NVMLFunction<DeviceWide>
    let powerUsage: NVMLFunction<DeviceWord>
    let enforcedPowerLimit: NVMLFunction<DeviceWord>
    let managementPowerLimit: NVMLFunction<DeviceWord>
    let fieldValues: NVMLFunction<DeviceFields>
    let utilization: NVMLFunction<DeviceRaw>
    let memory: NVMLFunction<DeviceRaw>
    let memoryWithReserved: NVMLFunction<DeviceRaw>
    let temperature: NVMLFunction<DeviceSensor>
    let temperatureVersioned: NVMLFunction<DeviceRaw>
    let migMode: NVMLFunction<DeviceWords>
    let processes: NVMLFunction<DeviceList>
    let processesWithoutInstances: NVMLFunction<DeviceList>
    let processUtilization: NVMLFunction<DeviceSamples>

    init(_ library: DynamicLibrary) {
        errorText = library.function("nvmlErrorString", as: Text.self)
        start = NVMLFunction(["nvmlInit_v2", "nvmlInit"], in: library)
        stop = NVMLFunction(["nvmlShutdown"], in: library)
        driverVersion = NVMLFunction(["nvmlSystemGetDriverVersion"], in: library)
        deviceCount = NVMLFunction(["nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"], in: library)
        deviceByIndex = NVMLFunction(["nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"], in: library)
        name = NVMLFunction(["nvmlDeviceGetName"], in: library)
        uuid = NVMLFunction(["nvmlDeviceGetUUID"], in: library)
        totalEnergy = NVMLFunction(["nvmlDeviceGetTotalEnergyConsumption"], in: library)
        powerUsage = NVMLFunction(["nvmlDeviceGetPowerUsage"], in: library)
        enforcedPowerLimit = NVMLFunction(["nvmlDeviceGetEnforcedPowerLimit"], in: library)
        managementPowerLimit = NVMLFunction(["nvmlDeviceGetPowerManagementLimit"], in: library)
        fieldValues = NVMLFunction(["nvmlDeviceGetFieldValues"], in: library)
        utilization = NVMLFunction(["nvmlDeviceGetUtilizationRates"], in: library)
        memory = NVMLFunction(["nvmlDeviceGetMemoryInfo"], in: library)
        memoryWithReserved = NVMLFunction(["nvmlDeviceGetMemoryInfo_v2"], in: library)
        temperature = NVMLFunction(["nvmlDeviceGetTemperature"], in: library)
        temperatureVersioned = NVMLFunction(["nvmlDeviceGetTemperatureV"], in: library)
        migMode = NVMLFunction(["nvmlDeviceGetMigMode"], in: library)
        let processes = "nvmlDeviceGetComputeRunningProcesses"
        self.processes = NVMLFunction([processes + "_v3", processes + "_v2"], in: library)
        processesWithoutInstances = NVMLFunction([processes], in: library)
        processUtilization = NVMLFunction(["nvmlDeviceGetProcessUtilization"], in: library)
    }
}

/// One function under the newest of its names that the library has.
struct NVMLFunction<Function: Sendable>: Sendable {
    /// The name that was found, else the newest.
    let name: String
    let function: Function?
    /// Whether the library has it.
    var isThere: Bool { function != nil }

    private let errorText: NVMLFunctions.Text?

    init(_ names: [String], in library: DynamicLibrary) {
        errorText = library.function("nvmlErrorString", as: NVMLFunctions.Text.self)
        for candidate in names {
            guard let found = library.function(candidate, as: Function.self) else { continue }
            name = candidate
            function = found
            return
        }
        name = names.first ?? ""
        function = nil
    }

    /// Calls the function; a driver that lacks it fails as one that does not support it.
    func callAsFunction(_ body: (Function) -> Int32) throws(NVMLError) {
        guard let function else {
            throw NVMLError(function: name, code: NVMLError.Code.functionNotFound, text: "this driver has none")
        }
        let code = body(function)
        guard code != 0 else { return }
        let text = errorText?(code).map { String(cString: $0) } ?? "code \(code)"
        throw NVMLError(function: name, code: code, text: text)
    }
}
