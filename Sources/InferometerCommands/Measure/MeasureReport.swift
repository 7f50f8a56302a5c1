// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What `measure` found: values alone, whatever they came from.
struct MeasureReport: Sendable, Hashable {
    /// One channel.
    struct Component: Sendable, Hashable {
        var sensor: EnergySensor
        /// What was measured; absent unless the whole run was.
        var window: EnergyWindow?
        var peakPower: Power?
        /// Why there is no energy.
        var reason: String?
        /// Whether the channel was never read at all, so that a total leaves it out rather than fails with it.
        var wasNeverRead = false
    }

    var duration: Duration
    var exitCode: Int32
    /// All that a total counts; absent if any part of it is.
    var total: EnergyWindow?
    var peakPower: Power?
    var method: EnergyMethod?
    /// Why there is no total.
    var reason: String?
    var components: [Component] = []
    /// The sensors that do not work.
    var failing: [SensorStatus] = []

    /// A report without energy, and why.
    init(duration: Duration, exitCode: Int32, reason: String) {
        self.duration = duration
        self.exitCode = exitCode
        self.reason = reason
    }

    /// The report of what meters know of a span.
    init(
        meters: EnergyMeters,
        statuses: [SensorStatus],
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        exitCode: Int32
    ) {
        duration = end - start
        self.exitCode = exitCode
        failing = statuses.filter { !$0.works }
        components = meters.meters.map { Component($0, from: start, to: end) }
        let parts = components.filter { $0.sensor.isCounted && !$0.wasNeverRead }
        if let broken = parts.first(where: { $0.window == nil }) {
            reason = "\(broken.name): \(broken.reason ?? "not measured")"
        } else if parts.isEmpty {
            reason = Self.nothingCounts(components)
        } else {
            total = .sum(parts.compactMap(\.window))
            peakPower = meters.peakPower(from: start, to: end)
            method = parts.contains { $0.sensor.method == .powerIntegral } ? .powerIntegral : .hardwareCounter
        }
    }

    /// The energy of one part of the machine; absent if any channel of it failed in between.
    func energy(of component: EnergyComponent) -> EnergyWindow? {
        let parts = components.filter {
            $0.sensor.isCounted && !$0.wasNeverRead && $0.sensor.channel.domain.component == component
        }
        guard parts.allSatisfy({ $0.window != nil }) else { return nil }
        return .sum(parts.compactMap(\.window))
    }

    private static func nothingCounts(_ components: [Component]) -> String {
        let counted = components.first { $0.sensor.isCounted }
        return counted.flatMap { part in part.reason.map { "\(part.name): \($0)" } } ?? "no sensor"
    }
}

extension MeasureReport.Component {
    /// What a meter knows of a span.
    init(_ meter: ChannelMeter, from start: MonotonicInstant, to end: MonotonicInstant) {
        sensor = meter.sensor
        let window = meter.trace.window(from: start, to: end)
        if let window, window.isComplete {
            self.window = window
            peakPower = meter.trace.peakPower(from: start, to: end)
        } else {
            wasNeverRead = meter.trace.count == 0
            reason = Self.reason(meter, start: start, end: end)
        }
    }

    /// The channel for people.
    var name: String { "\(sensor.deviceName) \(sensor.channel.domain.rawValue)" }

    private static func reason(_ meter: ChannelMeter, start: MonotonicInstant, end: MonotonicInstant) -> String {
        if let failure = meter.failure { return failure.reason }
        guard let first = meter.trace.firstInstant else { return "the sensor gave no reading in time" }
        if first > start { return "the first reading came after the command began" }
        if !meter.trace.isSettled(at: end) { return "no reading followed the command's end in time" }
        return "not measured throughout"
    }
}
