// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryRecording

/// A machine whose sensors are read: what reads them, what shares out, and what watches the engines.
final class MeteredMachine: Sendable {
    let sampler: EnergySampler
    let accounting: CallEnergyAccounting
    private let plan: EnergyPlan
    private let watch: EngineWatch
    private let clock: TelemetryClock
    private let logger: Logger
    private let silence: SilenceWatch
    private let check = Mutex(CounterCheck())
    /// Devices that every process uses, so that no driver lists who does: processors and memory.
    private let commonDevices: [String]

    init(
        monitor: any EnergyMonitor,
        plan: EnergyPlan,
        sink: StoreSink,
        watch: EngineWatch,
        clock: TelemetryClock,
        logger: Logger
    ) {
        self.plan = plan
        self.watch = watch
        self.clock = clock
        self.logger = logger
        silence = SilenceWatch(logger: logger)
        var pace = SamplerConfiguration()
        pace.pace = .onDemand
        sampler = EnergySampler(monitor: monitor, configuration: pace, clock: clock, logger: logger)
        var configuration = CallEnergyAccounting.Configuration()
        configuration.idlePolicy = plan.idlePolicy
        // An estimate is no measurement, and has no place in the accounts of what was measured.
        let isMeasured = !monitor.sensors.contains { $0.method == .estimated }
        accounting = CallEnergyAccounting(
            sampler: sampler,
            configuration: configuration,
            deliverAccounts: { [sink] accounts in if isMeasured { sink.record(accounts) } },
            deliverPower: { [sink] powers in if isMeasured { sink.record(powers) } },
            deliver: { [sink, plan] calls in
                for call in calls { sink.complete(call, price: plan.price(of: call.energy)) }
            }
        )
        let counted = monitor.sensors.filter(\.isCounted)
        let common = Set(counted.filter { $0.channel.domain != .card }.map(\.channel.device))
            .subtracting(counted.filter { $0.channel.domain == .card }.map(\.channel.device))
        commonDevices = common.map(\.identifier).sorted()
        sampler.observe { [weak self] _, devices in if let devices { self?.take(devices) } }
        warnOfUnknownDevices(counted)
    }

    private func take(_ devices: [DeviceReading]) {
        watch.take(devices)
        check.withLock { $0.take(devices, at: clock.instant()) }
    }

    /// How each sensor has done.
    var health: [SensorHealth] {
        let doubts = check.withLock { $0.doubts }
        return sampler.health.map { sensor in
            var sensor = sensor
            if sensor.sensor.isCounter { sensor.doubt = doubts[sensor.sensor.channel.device] }
            return sensor
        }
    }

    /// Reads the sensors until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [sampler] in await sampler.run() }
            group.addTask { [accounting] in await accounting.run() }
            group.addTask { await self.lookAround() }
        }
    }

    func callStarted(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        engine: String,
        slots: Int?
    ) -> CallEnergy {
        watch.noteCall()
        let upstream = MeteredUpstream(name: engine, devices: devices(of: engine), slots: plan.slots[engine] ?? slots)
        switch accounting.callStarted(id, at: time, promptBytes: promptBytes, upstream: upstream) {
        case .pending: return .pending
        case .absent(let energy): return energy
        }
    }

    /// The devices that a person named, else those that the engine is seen to use, else all of the host.
    private func devices(of engine: String) -> EngineDevices {
        if let named = plan.devices[engine] { return .devices(named) }
        guard let used = watch.devices(of: engine) else { return .host }
        return .devices(
            used.sorted().map(\.identifier)
                + commonDevices.filter { name in
                    !used.contains { $0.identifier == name }
                }
        )
    }

    /// Once a second, beside the calls: who uses which device, and whether every sensor still answers.
    private func lookAround() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            let now = clock.instant()
            silence.look(at: sampler.health, now: now)
            compareCounters()
            guard let use = watch.refresh(at: now) else { continue }
            let own = use.allProcesses
            accounting.setEngineProcesses(own, others: use.seen.subtracting(own ?? []))
            for (engine, devices) in use.devices.sorted(by: { $0.key < $1.key }) {
                let names = devices.sorted().map(\.identifier).joined(separator: ", ")
                logger.info(
                    "Looked for an engine's devices.",
                    metadata: ["upstream": "\(engine)", "devices": "\(names)"]
                )
            }
        }
    }

    private func compareCounters() {
        let found = check.withLock { check in
            check.compare { device, start, end in
                let windows = sampler.windows(from: start, to: end).filter { channel in
                    channel.sensor.channel.device == device && channel.sensor.isCounted && channel.sensor.isCounter
                }
                guard windows.count == 1, windows[0].window.isComplete else { return nil }
                return windows[0].window.energy
            }
        }
        for (device, doubt) in found {
            logger.warning("A sensor is doubtful.", metadata: ["device": "\(device)", "reason": "\(doubt)"])
        }
    }

    private func warnOfUnknownDevices(_ sensors: [EnergySensor]) {
        let known = Set(sensors.map(\.channel.device.identifier))
        for (engine, names) in plan.devices.sorted(by: { $0.key < $1.key }) {
            for name in names where !known.contains(name) {
                logger.warning(
                    "A device that was named for an engine has no sensor that works; see 'inferometer doctor'.",
                    metadata: ["upstream": "\(engine)", "device": "\(name)"]
                )
            }
        }
    }
}

extension EnergySensor {
    /// Whether it counts energy by itself.
    fileprivate var isCounter: Bool { method == .hardwareCounter }
}

/// Tells once of each sensor that does not even fail: its driver took a call and does not come back.
final class SilenceWatch: Sendable {
    private let logger: Logger
    private let silent = Mutex<Set<EnergyChannel>>([])
    /// Many times the slow pace.
    private static let longest = Duration.seconds(10)

    init(logger: Logger) {
        self.logger = logger
    }

    func look(at sensors: [SensorHealth], now: MonotonicInstant) {
        for sensor in sensors {
            let channel = sensor.sensor.channel
            let isSilent = sensor.failure == nil && sensor.lastGoodReading.map { now - $0 > Self.longest } ?? false
            let hasChanged = silent.withLock { silent in
                isSilent ? silent.insert(channel).inserted : silent.remove(channel) != nil
            }
            guard hasChanged else { continue }
            let metadata: Logger.Metadata = ["device": "\(channel.device)", "domain": "\(channel.domain.rawValue)"]
            if isSilent {
                logger.warning("A sensor does not answer; its driver seems to hang.", metadata: metadata)
            } else {
                logger.notice("A sensor answers again.", metadata: metadata)
            }
        }
    }
}
