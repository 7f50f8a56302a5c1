// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One AMD card as it was found when the monitor was made: who it is, and by which way its energy is read.
struct AMDCard: Sendable {
    /// The way to a card's energy.
    enum Source: Sendable, Hashable {
        /// The accumulator in `gpu_metrics`.
        case accumulator(CounterFormat, version: GPUMetrics.Version)
        /// A file of microwatts, where there is no accumulator.
        case hwmonPower(SysfsDirectory, file: String)
        /// The power in `gpu_metrics`, where there is no such file.
        case metricsPower(version: GPUMetrics.Version)
    }

    let card: GraphicsCard
    let name: String
    let identifier: EnergyDeviceID
    /// Whether its readings are those of a socket that carries a processor too.
    let isWholeSocket: Bool
    /// The way to its energy, or why there is none.
    let source: Result<Source, SensorFailure>

    var channel: EnergyChannel {
        EnergyChannel(device: identifier, domain: isWholeSocket ? .module : .card)
    }

    var method: EnergyMethod? {
        switch source {
        case .success(.accumulator): .hardwareCounter
        case .success: .powerIntegral
        case .failure: nil
        }
    }

    var sensorName: String {
        switch source {
        case .success(.accumulator(_, let version)), .success(.metricsPower(let version)): "gpu_metrics \(version)"
        case .success(.hwmonPower(let directory, let file)): "\(directory.name)/\(file)"
        case .failure: "gpu_metrics"
        }
    }

    var sensor: EnergySensor? {
        guard let method else { return nil }
        var format: CounterFormat?
        if case .success(.accumulator(let own, _)) = source { format = own }
        return EnergySensor(
            channel: channel,
            name: sensorName,
            deviceName: name,
            method: method,
            format: format,
            publicationPeriod: .milliseconds(100)
        )
    }

    /// Looks a card up.
    ///
    /// Reading its metrics wakes it, once, if it sleeps.
    init(_ card: GraphicsCard) {
        self.card = card
        name = card.device.optionalText("product_name") ?? "AMD GPU \(card.model ?? card.busAddress)"
        let unique = card.device.optionalText("unique_id").flatMap { Self.isMeaningful($0) ? $0 : nil }
        identifier = EnergyDeviceID(vendor: .amd, identifier: unique.map { "AMD-\($0)" } ?? card.busAddress)
        let metrics = Self.readMetrics(card)
        let format = (try? metrics.get())?.version.format ?? 1
        isWholeSocket = format >= 2 || card.model == Self.socketWithProcessor
        source = Self.findSource(card, metrics)
    }

    /// MI300A, whose power is that of processor, graphics and memory together.
    private static let socketWithProcessor = "0x74a0"

    /// The cards that carry two dies, of which one reports for both: MI250X and MI250.
    private static let twoDieModels: Set<String> = ["0x7408", "0x740c"]

    private static func isMeaningful(_ identifier: String) -> Bool {
        identifier.contains { $0 != "0" && $0 != "x" }
    }

    static func readMetrics(_ card: GraphicsCard) -> Result<GPUMetrics, SensorFailure> {
        do throws(SysfsError) {
            let bytes = try card.device.bytes("gpu_metrics", limit: 16_384)
            do throws(GPUMetricsError) {
                return .success(try GPUMetrics(bytes))
            } catch {
                return .failure(SensorFailure(.unusable, "\(card.label): \(error)"))
            }
        } catch {
            return .failure(error.failure(of: card.label))
        }
    }

    private static func findSource(
        _ card: GraphicsCard,
        _ metrics: Result<GPUMetrics, SensorFailure>
    ) -> Result<Source, SensorFailure> {
        let found = try? metrics.get()
        if let found, let energy = found.energy {
            let isSecondDie = energy == 0 && twoDieModels.contains(card.model ?? "")
            if isSecondDie { return .failure(SensorFailure(.notSupported, "\(card.label): \(secondDie)")) }
            return .success(.accumulator(found.energyFormat, version: found.version))
        }
        for directory in card.hwmons {
            // The average first: it loses nothing between two polls.
            for file in ["power1_average", "power1_input"] where (try? directory.unsigned(file)) != nil {
                return .success(.hwmonPower(directory, file: file))
            }
        }
        if let found, found.power != nil { return .success(.metricsPower(version: found.version)) }
        if case .failure(let failure) = metrics { return .failure(failure) }
        return .failure(
            SensorFailure(.notSupported, "\(card.label): neither gpu_metrics nor hwmon has energy or power")
        )
    }

    private static let secondDie = "the second die of a card whose first die reports for both"

    /// Reads energy, or power where there is no counter.
    func read() -> EnergyReading.Value {
        switch source {
        case .failure(let failure):
            return .failed(failure)
        case .success(.accumulator):
            return readMetrics { $0.energy.map { .count($0) } }
        case .success(.metricsPower):
            return readMetrics { $0.power.map { .power($0) } }
        case .success(.hwmonPower(let directory, let file)):
            do throws(SysfsError) {
                return .power(try HardwareMonitor(directory: directory).power(file))
            } catch {
                return .failed(error.failure(of: card.label))
            }
        }
    }

    private func readMetrics(_ value: (GPUMetrics) -> EnergyReading.Value?) -> EnergyReading.Value {
        switch Self.readMetrics(card) {
        case .success(let metrics):
            value(metrics) ?? .failed(SensorFailure(.unusable, "\(card.label): gpu_metrics lacks what it had"))
        case .failure(let failure):
            .failed(failure)
        }
    }
}
