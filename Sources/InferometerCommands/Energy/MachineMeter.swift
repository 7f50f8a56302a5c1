// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import Foundation
import Logging
import Synchronization
import TelemetryCore
import TelemetryRecording

/// This machine's sensors and the accounting over them, which come up beside the proxy and never in its way.
final class MachineMeter: CallEnergyMeter {
    private enum State: Sendable {
        /// No energy, and why.
        case absent(String)
        case running(CallEnergyAccounting)
    }

    private let plan: EnergyPlan
    private let sink: StoreSink
    private let clock: TelemetryClock
    private let logger: Logger
    private let state = Mutex(State.absent("sensors are starting"))
    private let isMeter = Atomic(false)

    init(plan: EnergyPlan, sink: StoreSink, clock: TelemetryClock, logger: Logger) {
        self.plan = plan
        self.sink = sink
        self.clock = clock
        self.logger = logger
    }

    /// Finds the sensors and reads them until the task is cancelled.
    func run() async {
        let monitor = await Self.makeMonitor(root: plan.hardwareRoot, clock: clock)
        defer { monitor.close() }
        guard !monitor.sensors.isEmpty else {
            logger.notice("No energy sensor works on this machine; see 'inferometer doctor'.")
            return state.withLock { $0 = .absent("no sensor") }
        }
        let (lock, role) = MeterLock.acquire(path: EnergyPlan.lockFile)
        defer { lock?.release() }
        if case .meteredBy(let process) = role {
            logger.notice("Another process meters this machine.", metadata: ["process": "\(process)"])
        } else {
            await sink.finalizePending(reason: "interrupted")
        }
        // Calls that wait may be another process's, which meters them.
        isMeter.store(role == .meter, ordering: .relaxed)
        await share(monitor, role: role)
    }

    private func share(_ monitor: CompositeEnergyMonitor, role: MeterRole) async {
        var pace = SamplerConfiguration()
        pace.pace = .onDemand
        let sampler = EnergySampler(monitor: monitor, configuration: pace, clock: clock, logger: logger)
        var configuration = CallEnergyAccounting.Configuration()
        configuration.idlePolicy = plan.idlePolicy
        let accounting = CallEnergyAccounting(
            sampler: sampler,
            role: role,
            configuration: configuration,
            deliverAccounts: { [sink] accounts in if role == .meter { sink.record(accounts) } },
            deliverPower: { [sink] powers in sink.record(powers) },
            deliver: { [sink, plan] calls in
                for call in calls { sink.complete(call, price: plan.price(of: call.energy)) }
            }
        )
        state.withLock { $0 = .running(accounting) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await sampler.run() }
            group.addTask { await accounting.run() }
        }
    }

    /// Waits until every call that is over has its energy, and no longer than is waited for one.
    func drain() async {
        if case .running(let accounting) = state.withLock({ $0 }) { await accounting.drain() }
        if isMeter.load(ordering: .relaxed) { await sink.finalizePending(reason: "stopped") }
    }

    /// A driver may take seconds to start, or for ever: on a thread of its own.
    static func makeMonitor(root: String, clock: TelemetryClock) async -> CompositeEnergyMonitor {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                var access = HardwareAccess()
                access.root = root
                access.clock = clock
                continuation.resume(returning: EnergyMonitorFactory.makeMonitor(access: access))
            }
            thread.start()
        }
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
        let upstream = plan.upstream(engine, isLocal: isLocal, slots: slots)
        if case .remote = upstream.devices { return CallEnergy(absent: "remote") }
        switch state.withLock({ $0 }) {
        case .absent(let reason): return CallEnergy(absent: reason)
        case .running(let accounting):
            switch accounting.callStarted(id, at: time, promptBytes: promptBytes, upstream: upstream) {
            case .pending: return .pending
            case .absent(let energy): return energy
            }
        }
    }

    func firstToken(of id: RecordID, at time: MonotonicInstant) {
        if case .running(let accounting) = state.withLock({ $0 }) { accounting.firstToken(of: id, at: time) }
    }

    func callEnded(_ id: RecordID, at time: MonotonicInstant) {
        if case .running(let accounting) = state.withLock({ $0 }) { accounting.callEnded(id, at: time) }
    }
}
