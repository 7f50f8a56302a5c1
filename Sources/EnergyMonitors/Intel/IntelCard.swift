// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One Intel card as it was found when the monitor was made.
struct IntelCard: Sendable {
    /// One file of microjoules.
    struct Counter: Sendable {
        let file: String
        /// What the driver calls it: `card`, `pkg`, or nothing.
        let label: String?
        let domain: EnergyDomain
    }

    let card: GraphicsCard
    let name: String
    /// The folder of its driver's sensors, if there is one.
    let sensors: SysfsDirectory?
    /// The files that measure the card, the one that counts first.
    let counters: [Counter]

    var identifier: EnergyDeviceID {
        EnergyDeviceID(vendor: .intel, identifier: card.busAddress)
    }

    /// Looks a card up.
    init(_ card: GraphicsCard) {
        self.card = card
        name = "Intel GPU \(card.model ?? card.busAddress)"
        // Entries such as `i915_gt0`, one for each tile, can stand beside: only the whole card's own name fits.
        let folder = card.hwmons.first { ["xe", "i915"].contains($0.optionalText("name")) }
        sensors = folder
        counters = folder.map { Self.counters(in: $0) } ?? []
    }

    /// The card's own counter, and its package's beside it; where only the package has one, it stands for the card.
    private static func counters(in folder: SysfsDirectory) -> [Counter] {
        let files = ["energy1", "energy2"].compactMap { stem -> (file: String, label: String?)? in
            guard folder["\(stem)_input"].exists else { return nil }
            return ("\(stem)_input", folder.optionalText("\(stem)_label"))
        }
        let whole = files.first { $0.label == "card" } ?? files.first { $0.label == nil }
        let package = files.first { $0.label == "pkg" }
        switch (whole, package) {
        case (let whole?, let package?):
            return [
                Counter(file: whole.file, label: whole.label, domain: .card),
                Counter(file: package.file, label: package.label, domain: .cardPackage),
            ]
        case (let only?, nil), (nil, let only?):
            return [Counter(file: only.file, label: only.label, domain: .card)]
        case (nil, nil):
            return []
        }
    }

    func sensor(for counter: Counter) -> EnergySensor {
        EnergySensor(
            channel: EnergyChannel(device: identifier, domain: counter.domain),
            name: "\(sensors?.optionalText("name") ?? "hwmon") \(counter.file)",
            deviceName: name,
            method: .hardwareCounter,
            // The driver adds the hardware's 32 bits up to 64 whenever somebody reads.
            format: .microjoules,
            publicationPeriod: .milliseconds(50)
        )
    }

    func read(_ counter: Counter) -> EnergyReading.Value {
        guard let sensors else { return .failed(SensorFailure(.notSupported, "\(card.label): no sensors")) }
        do throws(SysfsError) {
            return .count(try sensors.unsigned(counter.file))
        } catch {
            return .failed(error.failure(of: card.label))
        }
    }
}
