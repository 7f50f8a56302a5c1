// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore

/// Shares out a session's energy among the calls of its engines, from the first engine on.
final class SessionMeter: CallEnergyMeter {
    let waiting = WaitingRecords()
    private let accounting: CallEnergyAccounting
    private let lock: MeterLock?
    private let devices = Mutex<[String: EngineDevices]>([:])
    private let timer = Mutex<Task<Void, Never>?>(nil)

    /// Takes the machine's meter lock, if a path is given; where another process has it, calls have no energy here.
    init(sampler: EnergySampler, lockPath: String?) {
        let (lock, role) = lockPath.map(MeterLock.acquire) ?? (nil, .meter)
        self.lock = lock
        accounting = CallEnergyAccounting(sampler: sampler, role: role) { [waiting] calls in waiting.complete(calls) }
        let task = Task { [accounting] in await accounting.run() }
        timer.withLock { $0 = task }
    }

    deinit {
        timer.withLock { $0?.cancel() }
        waiting.close(reason: "the session ended")
    }

    /// Tells which devices an engine uses, by the engine's name.
    func set(_ devices: EngineDevices, of engine: String) {
        self.devices.withLock { $0[engine] = devices }
    }

    /// Waits for the energy of calls that are over, for seconds at most.
    func settle() async {
        await accounting.drain()
    }

    /// Waits for the energy of calls that are over, for seconds at most, and meters no more.
    func finish() async {
        await settle()
        timer.withLock { $0?.cancel() }
        waiting.close(reason: "the session ended")
        lock?.release()
    }

    func callStarted(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        engine: String,
        isLocal: Bool,
        slots: Int?
    ) -> CallEnergy {
        let known = devices.withLock { $0[engine] }
        let upstream = MeteredUpstream(name: engine, devices: known ?? (isLocal ? .host : .remote), slots: slots)
        switch accounting.callStarted(id, at: time, promptBytes: promptBytes, upstream: upstream) {
        case .pending: return .pending
        case .absent(let energy): return energy
        }
    }

    func firstToken(of id: RecordID, at time: MonotonicInstant) {
        accounting.firstToken(of: id, at: time)
    }

    func callEnded(_ id: RecordID, at time: MonotonicInstant) {
        accounting.callEnded(id, at: time)
    }
}
