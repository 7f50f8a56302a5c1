// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Compares energy counters with the power that their devices state, and doubts those that disagree grossly.
///
/// Counters that count double, or stand still for part of the time, have been seen in the field. Nothing is corrected:
/// which of the two is wrong cannot be told from here.
struct CounterCheck: Sendable {
    private struct Span: Sendable {
        var start: MonotonicInstant
        var end: MonotonicInstant
        var watts: Double
        var joules = 0.0
        /// Where it was long enough, and what had been drawn by then; the counter may publish that only later.
        var mark: (end: MonotonicInstant, joules: Double)?
    }

    private var spans: [EnergyDeviceID: Span] = [:]
    /// What is doubtful, by device.
    private(set) var doubts: [EnergyDeviceID: String] = [:]
    /// Long enough that neither averages over seconds nor one late publication matter.
    private static let length = Duration.seconds(180)
    /// How much later the counter has published all of it.
    private static let delay = Duration.seconds(5)
    /// The longest time between two statements of power that a line is drawn through.
    private static let longestStep = Duration.seconds(5)
    /// At rest a device's few watts are stated too coarsely to compare.
    private static let leastWatts = 20.0
    private static let believed = 0.5...2.0

    /// Takes the power that devices state.
    mutating func take(_ devices: [DeviceReading], at now: MonotonicInstant) {
        for device in devices where doubts[device.device] == nil {
            guard let watts = device.power?.watts, watts.isFinite else {
                spans[device.device] = nil
                continue
            }
            guard var span = spans[device.device], now - span.end <= Self.longestStep else {
                spans[device.device] = Span(start: now, end: now, watts: watts)
                continue
            }
            span.joules += (span.watts + watts) / 2 * (now - span.end).seconds
            (span.end, span.watts) = (now, watts)
            if span.mark == nil, span.end - span.start >= Self.length { span.mark = (now, span.joules) }
            spans[device.device] = span
        }
    }

    /// Compares where enough time has passed.
    ///
    /// - Parameter counted: The energy of a device by its counter between two instants; nothing where it is not known
    ///   throughout.
    /// - Returns: The devices that became doubtful, with what is doubtful.
    mutating func compare(
        counted: (EnergyDeviceID, MonotonicInstant, MonotonicInstant) -> Energy?
    ) -> [(device: EnergyDeviceID, doubt: String)] {
        var found: [(device: EnergyDeviceID, doubt: String)] = []
        for (device, span) in spans {
            guard let mark = span.mark, span.end - mark.end >= Self.delay else { continue }
            spans[device] = nil
            guard let energy = counted(device, span.start, mark.end)?.joules else { continue }
            let seconds = (mark.end - span.start).seconds
            guard max(energy, mark.joules) / seconds >= Self.leastWatts else { continue }
            guard !Self.believed.contains(energy / mark.joules) else { continue }
            let watts = [energy, mark.joules].map { Int(($0 / seconds).rounded()) }
            doubts[device] = "its counter says \(watts[0]) W where it states \(watts[1]) W of power"
            found.append((device, doubts[device] ?? ""))
        }
        return found.sorted { $0.device < $1.device }
    }
}
