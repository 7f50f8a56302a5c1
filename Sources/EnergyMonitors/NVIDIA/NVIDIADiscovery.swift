// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What was found of NVIDIA's library and cards, and what is to be said about each.
struct NVIDIADiscovery {
    private(set) var library: NVMLLibrary?
    private(set) var devices: [NVIDIADevice] = []
    private(set) var statuses: [SensorStatus] = []
    private(set) var connection = NVIDIAConnection()

    init(libraryNames: [String]) {
        do throws(DynamicLibraryError) {
            library = NVMLLibrary(try DynamicLibrary(firstOf: libraryNames))
        } catch {
            statuses = [Self.missing("NVIDIA's management library was not found: \(error)", remedy: Self.installDriver)]
        }
        if let library { start(library) }
    }

    private static let installDriver =
        "install NVIDIA's driver; a container also needs the NVIDIA runtime (--gpus all) and NVIDIA_DRIVER_CAPABILITIES"
        + " with utility in it"

    private mutating func start(_ library: NVMLLibrary) {
        do throws(NVMLError) {
            try library.start()
            connection.isStarted = true
            try findDevices(library)
        } catch {
            statuses.append(Self.missing("NVIDIA's driver does not answer: \(error)", remedy: Self.remedy(for: error)))
        }
    }

    private mutating func findDevices(_ library: NVMLLibrary) throws(NVMLError) {
        let count = try library.deviceCount()
        if count == 0 {
            statuses.append(Self.missing("NVIDIA's driver lists no card", remedy: "check the card's seat and `dmesg`"))
        }
        for index in 0..<count {
            do throws(NVMLError) {
                let handle = try library.device(at: index)
                let device = NVIDIADevice(index: index, handle: handle, library: library)
                devices.append(device)
                connection.handles[device.identifier] = handle
                statuses.append(Self.status(of: device))
            } catch {
                statuses.append(Self.missing("GPU \(index): \(error)", remedy: Self.remedy(for: error)))
            }
        }
    }

    private static func missing(_ reason: String, remedy: String?) -> SensorStatus {
        var status = SensorStatus(vendor: .nvidia, name: "libnvidia-ml", works: false)
        status.reason = reason
        status.remedy = remedy
        return status
    }

    private static func remedy(for error: NVMLError) -> String? {
        switch error.code {
        case NVMLError.Code.driverNotLoaded: "load NVIDIA's driver (`modprobe nvidia`), or install it"
        case NVMLError.Code.libraryMismatch: "restart the machine: the loaded driver and the library differ in version"
        case NVMLError.Code.noPermission: "give this user access to /dev/nvidiactl and /dev/nvidia*"
        case NVMLError.Code.gpuIsLost, NVMLError.Code.resetRequired: "reset the card or restart the machine"
        default: nil
        }
    }

    private static func status(of device: NVIDIADevice) -> SensorStatus {
        var status = SensorStatus(vendor: .nvidia, name: device.sensorName, works: device.method != nil)
        status.deviceName = device.name
        status.device = device.identifier.identifier
        status.domain = device.channel.domain
        status.method = device.method
        if case .failure(let failure) = device.source {
            status.reason = failure.reason
            status.remedy = remedy(for: failure)
        } else {
            status.reason = notes(about: device)
        }
        return status
    }

    private static func remedy(for failure: SensorFailure) -> String {
        switch failure.code {
        case .permissionDenied:
            "let this user read the card (/dev/nvidia*); in a virtual machine the host must allow it"
        default:
            "none: this card or driver reports neither energy nor power (cards before Volta and virtual GPUs)"
        }
    }

    /// What is to be known of a card though it works.
    private static func notes(about device: NVIDIADevice) -> String? {
        var notes: [String] = []
        if device.method == .powerIntegral {
            notes.append("there is no energy counter, so power is polled and integrated: less exact, bounds wider")
        }
        if device.isCutIntoInstances {
            notes.append("MIG is on: energy is that of the whole card, as its instances have no sensor of their own")
        }
        if device.isWholeModule {
            notes.append("energy is that of the whole module, processor and memory included, so they are not added")
        }
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }
}
