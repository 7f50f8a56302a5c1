// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One supply rail of a board that measures its own power: of a Jetson, or of a Grace processor.
struct PowerRail: Sendable {
    /// The files that give the power.
    enum Source: Sendable {
        /// Millivolts and milliamperes.
        case voltageAndCurrent(voltage: String, current: String)
        /// Milliwatts.
        case milliwatts(String)
        /// Microwatts.
        case microwatts(String)
    }

    let directory: SysfsDirectory
    /// The rail's own name, such as `VDD_IN`.
    let label: String
    let domain: EnergyDomain
    let deviceName: String
    let source: Source

    /// The rail by the sensor's address on its bus, as two sensors may use one name.
    var identifier: EnergyDeviceID {
        let address = SysfsDirectory(path: directory["device"].realPath).name
        let place = directory["device"].exists ? address : directory.name
        return EnergyDeviceID(vendor: .jetson, identifier: "\(place)/\(label)")
    }

    func sensor(isCounted: Bool) -> EnergySensor {
        var sensor = EnergySensor(
            channel: EnergyChannel(device: identifier, domain: domain),
            name: label,
            deviceName: deviceName,
            method: .powerIntegral,
            publicationPeriod: .milliseconds(100)
        )
        sensor.isCounted = isCounted && domain.isAdditive
        return sensor
    }

    /// Reads the power.
    func read() -> EnergyReading.Value {
        do throws(SysfsError) {
            return .power(.watts(try watts()))
        } catch {
            return .failed(error.failure(of: label))
        }
    }

    private func watts() throws(SysfsError) -> Double {
        switch source {
        case .voltageAndCurrent(let voltage, let current):
            // The current of a rail that takes nothing is read as slightly negative now and then.
            let milliamperes = max(try directory.integer(current), 0)
            return Double(try directory.unsigned(voltage)) * Double(milliamperes) / 1e6
        case .milliwatts(let file): return Double(try directory.unsigned(file)) / 1e3
        case .microwatts(let file): return Double(try directory.unsigned(file)) / 1e6
        }
    }
}

extension PowerRail {
    /// Finds a Jetson's rails: three to a sensor, by the hwmon driver, else by the older one of industrial input.
    static func jetson(root: SysfsDirectory) -> [PowerRail] {
        let model = root["proc/device-tree"].optionalText("model").map { $0.filter { $0 != "\0" } } ?? "NVIDIA Jetson"
        let hwmons = root["sys/bus/i2c/drivers/ina3221"].directories { _ in true }.flatMap { chip in
            chip["hwmon"].directories { $0.hasPrefix("hwmon") }
        }
        let current = hwmons.flatMap { folder in
            (1...3).compactMap { number -> PowerRail? in
                guard let label = folder.optionalText("in\(number)_label"), label != "NC" else { return nil }
                let source = Source.voltageAndCurrent(voltage: "in\(number)_input", current: "curr\(number)_input")
                return rail(in: folder, label: label, model: model, source: source)
            }
        }
        if !current.isEmpty { return current }
        let legacy = root["sys/bus/i2c/drivers/ina3221x"].directories { _ in true }.flatMap { chip in
            chip.directories { $0.hasPrefix("iio:device") }
        }
        return legacy.flatMap { folder in
            (0...2).compactMap { number -> PowerRail? in
                guard let label = folder.optionalText("rail_name_\(number)"), label != "NC" else { return nil }
                return rail(in: folder, label: label, model: model, source: .milliwatts("in_power\(number)_input"))
            }
        }
    }

    private static func rail(in folder: SysfsDirectory, label: String, model: String, source: Source) -> PowerRail {
        PowerRail(
            directory: folder,
            label: label,
            domain: jetsonDomains[label] ?? .rail,
            deviceName: model,
            source: source
        )
    }

    /// What the rails of the boards supply, by name.
    ///
    /// The board's input contains all others.
    private static let jetsonDomains: [String: EnergyDomain] = [
        "VDD_IN": .module, "POM_5V_IN": .module,
        "VDD_GPU_SOC": .card, "VDD_GPU": .card, "GPU": .card, "POM_5V_GPU": .card, "VDD_SYS_GPU": .card,
        "VDD_CPU_CV": .package, "VDD_CPU": .package, "CPU": .package, "POM_5V_CPU": .package, "VDD_SYS_CPU": .package,
    ]

    /// Finds the power meters that firmware offers for a Grace processor and its module.
    static func grace(root: SysfsDirectory) -> [PowerRail] {
        root["sys/class/hwmon"].directories { $0.hasPrefix("hwmon") }.compactMap { folder in
            guard folder.optionalText("name") == "power_meter" else { return nil }
            let place = folder["power1_average"].exists ? folder : folder["device"]
            guard let label = place.optionalText("power1_oem_info") ?? folder.optionalText("power1_oem_info"),
                let domain = graceDomain(of: label)
            else { return nil }
            return PowerRail(
                directory: place,
                label: label,
                domain: domain,
                deviceName: "NVIDIA Grace",
                source: .microwatts("power1_average")
            )
        }
    }

    /// The module contains the Grace processor, which contains its cores and its system part.
    private static func graceDomain(of label: String) -> EnergyDomain? {
        if label.hasPrefix("Module Power") { return .module }
        if label.hasPrefix("Grace Power") { return .package }
        if label.hasPrefix("CPU Power") { return .core }
        if label.hasPrefix("SysIO Power") { return .uncore }
        return nil
    }
}
