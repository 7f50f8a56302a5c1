// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What the sensors said of one run, as values.
struct MeasureEvidence: Sendable {
    /// One channel.
    struct Channel: Sendable {
        var sensor: EnergySensor
        var trace: EnergyTrace
        /// The failure of the last reading.
        var failure: SensorFailure?
        var peakPower: Power?
    }

    var span: CommandSpan
    /// When the quiet machine was read; nothing if it was not.
    var quiet: Range<MonotonicInstant>?
    var channels: [Channel]
    var peakPower: Power?

    /// Takes what the meters know by now.
    init(_ meters: EnergyMeters, over span: CommandSpan, quiet: Range<MonotonicInstant>?, peaks: PeakWatch) {
        self.span = span
        self.quiet = quiet
        let highest = peaks.highest(meters, until: span.end)
        peakPower = highest.total
        channels = meters.meters.enumerated().map { place, meter in
            Channel(
                sensor: meter.sensor,
                trace: Self.trace(of: meter, span),
                failure: meter.failure,
                peakPower: highest.channels[place]
            )
        }
    }

    /// A channel's curve; level at its end where the counter moved during the run and then stood, and was read again.
    ///
    /// A sensor changes at least once in its period while its device draws power. One that stands for five of them and
    /// half a second has nothing more to tell; one that stood for longer than any device rests is stuck, and the curve
    /// ends where it did.
    private static func trace(of meter: ChannelMeter, _ span: CommandSpan) -> EnergyTrace {
        var trace = meter.trace
        guard meter.failure == nil, meter.sensor.format != nil, !trace.isSettled(at: span.end),
            let moved = trace.lastInstant, let read = meter.lastGoodReading, moved >= span.start, read > span.end
        else { return trace }
        let stood = read - moved
        guard stood >= max((meter.sensor.publicationPeriod ?? .milliseconds(100)) * 5, shortestRest),
            stood < longestRest
        else { return trace }
        trace.append(nanojoules: 0, publishedBetween: read, and: read)
        return trace
    }

    private static let shortestRest = Duration.milliseconds(400)
    private static let longestRest = Duration.seconds(5)
}
