// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryExport

/// The power of each channel over the run, in even steps.
struct PowerTrace: Sendable {
    static let header = "time_seconds,vendor,device,domain,power_watts,energy_joules\r\n"
    /// The most steps, so that a long run gives a file of bounded size.
    static let mostSteps = 100_000
    /// Counters publish every 100 ms at worst, save one; finer steps would only draw straight lines.
    static let usualStep = Duration.milliseconds(100)

    /// The bytes of a CSV file; steps in which a channel was not measured are left out.
    ///
    /// Time is the step's end, counted from the command's start; power is the mean over the step, and energy is what was
    /// used since the start.
    static func csv(_ evidence: MeasureEvidence, interval: Duration?) -> [UInt8] {
        var writer = JSONWriter()
        writer.append(raw: header)
        let (start, length) = (evidence.span.start, evidence.span.duration)
        let wanted = max(interval ?? usualStep, .milliseconds(1))
        guard length > .zero else { return writer.bytes }
        let steps = min(max(Int((length / wanted).rounded(.up)), 1), mostSteps)
        for step in 0..<steps {
            let from = start.advanced(by: length * step / steps)
            let to = start.advanced(by: length * (step + 1) / steps)
            for channel in evidence.channels {
                guard let watts = channel.trace.window(from: from, to: to)?.meanPower?.watts,
                    let energy = channel.trace.window(from: start, to: to)?.energy
                else { continue }
                append(channel.sensor.channel, at: to - start, watts: watts, energy: energy, to: &writer)
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
        let device = quoted(channel.device.identifier)
        writer.append(raw: ",\(channel.device.vendor.rawValue),\(device),\(channel.domain.rawValue),")
        writer.append(watts)
        writer.append(raw: ",")
        writer.append(energy.joules)
        writer.append(raw: "\r\n")
    }

    /// A field by RFC 4180.
    static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
