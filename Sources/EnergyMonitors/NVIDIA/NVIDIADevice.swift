// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One card as it was found when the monitor was made: who it is, and by which way its energy is read.
struct NVIDIADevice: Sendable {
    /// The way to a card's energy.
    enum Source: Sendable, Hashable {
        /// The counter, by its own function.
        case counter
        /// The counter, by its field.
        case counterField
        /// Power at this moment, where there is no counter.
        case instantPower(NVMLLibrary.Scope)
        /// Power averaged by the driver, where there is nothing better.
        case averagePower
    }

    let index: Int
    let identifier: EnergyDeviceID
    let name: String
    let isCutIntoInstances: Bool
    let isWholeModule: Bool
    /// The way to its energy, or why there is none.
    let source: Result<Source, SensorFailure>

    /// How a person and a log name the card.
    var label: String {
        "GPU \(index)"
    }

    var channel: EnergyChannel {
        EnergyChannel(device: identifier, domain: isWholeModule ? .module : .card)
    }

    var method: EnergyMethod? {
        switch source {
        case .success(.counter), .success(.counterField): .hardwareCounter
        case .success(.instantPower), .success(.averagePower): .powerIntegral
        case .failure: nil
        }
    }

    var sensorName: String {
        switch source {
        case .success(.counter), .failure: "nvmlDeviceGetTotalEnergyConsumption"
        case .success(.counterField): "nvmlDeviceGetFieldValues 83"
        case .success(.instantPower): "nvmlDeviceGetFieldValues 186"
        case .success(.averagePower): "nvmlDeviceGetPowerUsage"
        }
    }

    /// The sensor, if energy can be read at all.
    var sensor: EnergySensor? {
        guard let method else { return nil }
        return EnergySensor(
            channel: channel,
            name: sensorName,
            deviceName: name,
            method: method,
            format: method == .hardwareCounter ? .millijoules : nil,
            // Counters and power were seen to change between every 10 ms and every 100 ms, by driver and card.
            publicationPeriod: .milliseconds(100)
        )
    }

    /// Looks a card up and tries each way to its energy.
    init(index: Int, handle: NVMLHandle, library: NVMLLibrary) {
        self.index = index
        let uuid = try? library.uuid(of: handle)
        let name = (try? library.name(of: handle)) ?? "NVIDIA GPU"
        self.name = name
        identifier = EnergyDeviceID(vendor: .nvidia, identifier: uuid ?? "nvidia:\(index)")
        isCutIntoInstances = (try? library.isCutIntoInstances(handle)) ?? false
        isWholeModule = Self.isWholeModule(name: name, handle: handle, library: library)
        source = Self.findSource(label: "GPU \(index)", handle: handle, library: library)
    }

    /// Whether the card's readings are those of a module that carries a processor too.
    ///
    /// On GH200 the driver has no reading for the GPU alone.
    private static func isWholeModule(name: String, handle: NVMLHandle, library: NVMLLibrary) -> Bool {
        if name.contains("GH200") { return true }
        if (try? library.instantPower(of: handle, scope: .card)) != nil { return false }
        return (try? library.instantPower(of: handle, scope: .module)) != nil
    }

    private static func findSource(
        label: String,
        handle: NVMLHandle,
        library: NVMLLibrary
    ) -> Result<Source, SensorFailure> {
        var first: NVMLError?
        for candidate in [Source.counter, .counterField, .instantPower(.card), .instantPower(.module), .averagePower] {
            do throws(NVMLError) {
                _ = try candidate.read(handle, library)
                return .success(candidate)
            } catch {
                // A card that only failed just now keeps its counter: polled power is for cards that have none.
                if !error.isUnsupported && error.code != NVMLError.Code.noPermission { return .success(candidate) }
                first = first ?? error
            }
        }
        return .failure(first?.failure(of: label) ?? SensorFailure(.notSupported, "\(label): no sensor"))
    }
}

extension NVIDIADevice.Source {
    /// Reads energy, or power where there is no counter.
    func read(_ handle: NVMLHandle, _ library: NVMLLibrary) throws(NVMLError) -> EnergyReading.Value {
        switch self {
        case .counter: .count(try library.totalEnergy(of: handle))
        case .counterField: .count(try library.totalEnergyField(of: handle))
        case .instantPower(let scope): .power(try library.instantPower(of: handle, scope: scope))
        case .averagePower: .power(try library.powerUsage(of: handle))
        }
    }
}
