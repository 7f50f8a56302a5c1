// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TelemetryCore
import TelemetryRecording

/// Knows which devices each engine uses, from the owners of ports and the lists of drivers.
///
/// Drivers' lists come with the sensors' readings; the system is asked beside the calls, by ``refresh(at:)``.
final class EngineWatch: Sendable {
    private struct State {
        var engines: [LocalEngine] = []
        var lists: [EnergyDeviceID: Set<Int32>] = [:]
        var use = EngineUse()
        var finder: PortOwnerFinder
        var lastLook: MonotonicInstant?
        var hasNews = false
        var callsSinceLook = false
    }

    private let folder: ProcessFolder?
    private let state: Mutex<State>
    /// How long a look holds while calls come, and how long while none does.
    private static let pace = (busy: Duration.seconds(5), quiet: Duration.seconds(60))

    /// Creates a watch over a folder of processes; without one, nothing is known of any engine.
    init(folder: ProcessFolder?) {
        self.folder = folder
        state = Mutex(State(finder: PortOwnerFinder(folder: folder ?? ProcessFolder(root: "/"))))
    }

    /// Replaces the engines to look for.
    func setEngines(_ engines: [LocalEngine]) {
        state.withLock { state in
            guard state.engines != engines else { return }
            state.engines = engines
            state.hasNews = true
        }
    }

    /// Takes the processes that drivers list.
    func take(_ devices: [DeviceReading]) {
        state.withLock { state in
            for device in devices {
                let list = device.processes.map { Set($0.map(\.processID)) }
                guard state.lists[device.device] != list else { continue }
                state.lists[device.device] = list
                state.hasNews = true
            }
        }
    }

    /// A call was made.
    func noteCall() {
        state.withLock { $0.callsSinceLook = true }
    }

    /// The devices whose driver lists a process of an engine's; nothing if there is none, or it is not known.
    func devices(of engine: String) -> Set<EnergyDeviceID>? {
        state.withLock { $0.use.devices[engine] }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Asks the system again if it is time to.
    ///
    /// - Returns: What was found, if it is not what was known.
    func refresh(at now: MonotonicInstant) -> EngineUse? {
        let work = state.withLock { state in
            isDue(state, at: now) ? (engines: state.engines, lists: state.lists, finder: state.finder) : nil
        }
        guard let work, let folder else { return nil }
        var finder = work.finder
        let owners = finder.owners(of: work.engines.map { ($0.host, $0.port) })
        let use = EngineUse(
            engines: zip(work.engines.map(\.name), owners).map { ($0, $1) },
            lists: work.lists,
            parent: folder.parent
        )
        return state.withLock { state in
            state.finder = finder
            state.lastLook = now
            state.callsSinceLook = false
            // What changed while the system was asked is news still.
            state.hasNews = state.engines != work.engines || state.lists != work.lists
            defer { state.use = use }
            return state.use == use ? nil : use
        }
    }

    /// Nothing needs asking where no driver lists processes.
    private func isDue(_ state: State, at now: MonotonicInstant) -> Bool {
        guard folder != nil, !state.lists.isEmpty, !state.engines.isEmpty else { return false }
        guard let last = state.lastLook, !state.hasNews else { return true }
        return now - last >= (state.callsSinceLook ? Self.pace.busy : Self.pace.quiet)
    }
}
