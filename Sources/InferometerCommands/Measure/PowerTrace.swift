// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryExport

/// The power of each channel over the run, in even steps.
struct PowerTrace: Sendable {
    static let header = "time_seconds,device,domain,watts,joules\n"
    /// The most steps, so that a long run gives a file of bounded size.
    static let mostSteps = 100_000

    /// The bytes of a CSV file; steps in which a channel was not measured are left out.
    ///
    /// Time is the step's end and `watts` the mean over the step; `joules` counts from the command's start.
    static func csv(
        _ meters: EnergyMeters,
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        step wanted: Duration = .milliseconds(100)
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.append(raw: header)
        let length = end - start
        guard length > .zero, wanted > .zero else { return writer.bytes }
        let steps = min(max(Int((length / wanted).rounded(.up)), 1), mostSteps)
        for step in 0..<steps {
            let from = start.advanced(by: length * step / steps)
            let to = start.advanced(by: length * (step + 1) / steps)
            for meter in meters.meters {
                guard let watts = meter.trace.window(from: from, to: to)?.meanPower?.watts,
                    let energy = meter.trace.window(from: start, to: to)?.energy
                else { continue }
                append(meter.sensor.channel, at: to - start, watts: watts, energy: energy, to: &writer)
            }
        }
        return writer.bytes
    }

    private static func append(
        _ channel: EnergyChannel,
        at time: Duration,
        watts: Double,
        energy: Energy,
        to writer: inout JSONWriter
    ) {
        writer.append(time.seconds)
        writer.append(raw: ",\(quoted(channel.device.identifier)),\(channel.domain.rawValue),")
        writer.append(watts)
        writer.append(raw: ",")
        writer.append(energy.joules)
        writer.append(raw: "\n")
    }

    /// A field by RFC 4180.
    static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
