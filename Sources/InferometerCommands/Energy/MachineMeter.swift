// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import Logging
import Synchronization
import TelemetryCore
import TelemetryProxy
import TelemetryRecording

/// This machine's sensors and the accounting over them, which come up beside the proxy and never in its way.
final class MachineMeter: CallEnergyMeter {
    private enum State: Sendable {
        /// No energy, and why.
        case absent(String)
        case running(MeteredMachine)
    }

    private let plan: EnergyPlan
    private let sink: StoreSink
    private let clock: TelemetryClock
    private let logger: Logger
    private let watch: EngineWatch
    private let state = Mutex(State.absent("sensors are starting"))
    private let isMeter = Atomic(false)

    init(plan: EnergyPlan, sink: StoreSink, clock: TelemetryClock, logger: Logger) {
        self.plan = plan
        self.sink = sink
        self.clock = clock
        self.logger = logger
        watch = .ofMachine(root: plan.hardwareRoot)
    }

    /// Tells which engines calls go to.
    func setUpstreams(_ upstreams: [UpstreamConfiguration]) {
        // The simulated engine is this process, and uses no device.
        let engines = upstreams.filter { $0.isLocal && $0.kind != .simulated }
        watch.setEngines(
            engines.map { LocalEngine(name: $0.label, host: $0.address.host, port: $0.address.port) }
        )
    }

    /// Finds the sensors and reads them until the task is cancelled.
    func run() async {
        guard let turn = await MeterTurn.take(path: plan.lockFile, logger: logger, waiting: setAbsent) else { return }
        defer { turn.end() }
        // Only now: calls that wait may be those of the process that metered until now.
        isMeter.store(true, ordering: .relaxed)
        await sink.finalizePending(reason: "interrupted")
        setAbsent("sensors are starting")
        guard let monitor = await findMonitor() else { return }
        defer { SensorSearch.close(monitor) }
        guard !monitor.sensors.isEmpty else {
            logger.notice("No energy sensor works on this machine; see 'inferometer doctor'.")
            return setAbsent(SensorSearch.reason(monitor.statuses))
        }
        let machine = MeteredMachine(
            monitor: monitor,
            plan: plan,
            sink: sink,
            watch: watch,
            clock: clock,
            logger: logger
        )
        state.withLock { $0 = .running(machine) }
        await machine.run()
    }

    private func findMonitor() async -> (any EnergyMonitor)? {
        let monitor = await SensorSearch.monitor(root: plan.hardwareRoot, clock: clock) {
            logger.warning("The drivers of the energy sensors do not answer; calls go through without energy.")
            setAbsent("the drivers do not answer")
            return true
        }
        guard let monitor, monitor.sensors.isEmpty, plan.isEstimated else { return monitor }
        let estimate = ProcessorEstimateMonitor(root: plan.hardwareRoot, clock: clock)
        guard !estimate.sensors.isEmpty else { return monitor }
        logger.notice("No energy sensor works: energy is estimated from how busy the processors are, and marked so.")
        return estimate
    }

    private func setAbsent(_ reason: String) {
        state.withLock { $0 = .absent(reason) }
    }

    /// Waits until every call that is over has its energy, and no longer than is waited for one.
    func drain() async {
        if case .running(let machine) = state.withLock({ $0 }) { await machine.accounting.drain() }
        if isMeter.load(ordering: .relaxed) { await sink.finalizePending(reason: "stopped") }
    }
}

extension MachineMeter {
    func callStarted(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        engine: String,
        isLocal: Bool,
        slots: Int?
    ) -> CallEnergy {
        guard isLocal else { return CallEnergy(absent: "remote") }
        switch state.withLock({ $0 }) {
        case .absent(let reason): return CallEnergy(absent: reason)
        case .running(let machine):
            return machine.callStarted(id, at: time, promptBytes: promptBytes, engine: engine, slots: slots)
        }
    }

    func firstToken(of id: RecordID, at time: MonotonicInstant) {
        if case .running(let machine) = state.withLock({ $0 }) { machine.accounting.firstToken(of: id, at: time) }
    }

    func callEnded(_ id: RecordID, at time: MonotonicInstant) {
        if case .running(let machine) = state.withLock({ $0 }) { machine.accounting.callEnded(id, at: time) }
    }

    var health: EnergyMeterHealth {
        switch state.withLock({ $0 }) {
        case .absent(let reason): EnergyMeterHealth(reason: reason)
        case .running(let machine): EnergyMeterHealth(sensors: machine.health)
        }
    }
}
