// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One graphics card as the kernel's drm folder shows it.
struct GraphicsCard: Sendable {
    /// The card's number.
    let index: Int
    /// The folder of its bus device.
    let device: SysfsDirectory
    /// Its address on the bus, such as `0000:03:00.0`, which outlives a restart.
    let busAddress: String
    /// The folders of its sensors.
    let hwmons: [SysfsDirectory]

    /// The cards of one maker, by number; their connectors, which have folders beside them, are left out.
    static func all(root: SysfsDirectory, maker: String) -> [GraphicsCard] {
        let folders = root["sys/class/drm"].directories { number(in: $0, after: "card") != nil }
        return folders.compactMap { folder in
            let device = folder["device"]
            guard device.optionalText("vendor") == maker, let index = number(in: folder.name, after: "card") else {
                return nil
            }
            let address = SysfsDirectory(path: device.realPath).name
            let hwmons = device["hwmon"].directories { number(in: $0, after: "hwmon") != nil }
            return GraphicsCard(index: index, device: device, busAddress: address, hwmons: hwmons)
        }
    }

    /// How a person and a log name the card.
    var label: String {
        "GPU \(index)"
    }

    /// The maker's number of the model, such as `0x740c`.
    var model: String? {
        device.optionalText("device")
    }

    /// Whether the card sleeps.
    ///
    /// Most of its files would wake it when read.
    var isSuspended: Bool {
        device.optionalText("power/runtime_status") == "suspended"
    }

    /// The reading of a card that sleeps: its counter stands where it was read last.
    func asleep(at lastCount: UInt64?) -> EnergyReading.Value {
        if let lastCount { return .count(lastCount) }
        return .failed(SensorFailure(.unusable, "\(label): it sleeps, and reading would wake it"))
    }

    private static func number(in name: String, after prefix: String) -> Int? {
        guard name.hasPrefix(prefix) else { return nil }
        let digits = name.dropFirst(prefix.count)
        return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }
}

/// Files of one sensor folder in the units of `hwmon`.
struct HardwareMonitor: Sendable {
    let directory: SysfsDirectory

    /// A file of microwatts.
    func power(_ file: String) throws(SysfsError) -> Power {
        .watts(Double(try directory.unsigned(file)) / 1e6)
    }

    /// A file of microwatts that says what is allowed; 0 means that nothing is set.
    func powerLimit(_ file: String) -> Power? {
        guard let limit = try? directory.unsigned(file), limit > 0 else { return nil }
        return .watts(Double(limit) / 1e6)
    }

    /// A file of thousandths of a degree.
    func temperature(_ file: String) -> Double? {
        directory.optionalInteger(file).map { Double($0) / 1e3 }
    }
}
