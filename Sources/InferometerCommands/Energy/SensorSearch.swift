// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import Foundation
import TelemetryCore

/// Looks for sensors, and lets go of them, where a driver may take seconds, or for ever.
enum SensorSearch {
    /// How long drivers are waited for before it is told that they do not answer.
    private static let patience = Duration.seconds(5)

    /// Finds the sensors on a thread of its own.
    ///
    /// - Parameters:
    ///   - root: The folder that stands for `/`.
    ///   - clock: The clock that sensors are read by.
    ///   - goesOn: Asked once, if the drivers have not answered for five seconds: whether they are waited for all the
    ///     same.
    /// - Returns: The sensors; nothing if the task was cancelled first, or they are not waited for.
    static func monitor(
        root: String,
        clock: TelemetryClock,
        goesOn: () -> Bool
    ) async -> (any EnergyMonitor)? {
        let (answers, finish) = AsyncStream.makeStream(of: CompositeEnergyMonitor?.self)
        let thread = Thread {
            var access = HardwareAccess()
            access.root = root
            access.clock = clock
            finish.yield(EnergyMonitorFactory.makeMonitor(access: access))
        }
        thread.start()
        let alarm = Task {
            try await Task.sleep(for: patience)
            finish.yield(nil)
        }
        defer { alarm.cancel() }
        for await answer in answers {
            if let answer { return answer }
            if !goesOn() { return nil }
        }
        return nil
    }

    /// Lets go of the sensors without waiting for a driver that hangs.
    static func close(_ monitor: any EnergyMonitor) {
        let thread = Thread { monitor.close() }
        thread.start()
    }

    /// Why no sensor works: what keeps those that are there from it, else that there is none.
    static func reason(_ statuses: [SensorStatus]) -> String {
        let broken = statuses.first { !$0.works && $0.domain != nil && $0.reason != nil }
        return broken.map { "no sensor works: \($0.name): \($0.reason ?? "")" } ?? "no sensor"
    }
}
