// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What `measure` found: values alone, whatever they came from.
struct MeasureReport: Sendable {
    /// One channel, or a sensor that is there and cannot be read.
    struct Component: Sendable {
        var device: String
        var deviceName: String
        var domain: EnergyDomain
        var vendor: EnergyVendor
        var method: EnergyMethod?
        var isCounted: Bool
        /// What was measured; absent unless the whole run was.
        var window: EnergyWindow?
        var idle: IdlePart?
        var peakPower: Power?
        /// Why there is no energy.
        var reason: String?
        /// Whether nothing was read of it when the command began, so that a total leaves it out and does not fail.
        var wasAbsent = false
    }

    var duration: Duration
    var exitCode: Int32
    /// All that a total counts; absent if any part of it is.
    var total: EnergyWindow?
    /// What of the total the quiet machine would have used, and what not.
    var idle: IdlePart?
    var peakPower: Power?
    var method: EnergyMethod?
    /// Why there is no total.
    var reason: String?
    /// Why nothing is known of idle.
    var idleReason: String?
    var components: [Component] = []
    /// The sensors that were looked for and do not work, those of vendors that this machine has nothing of among them.
    var failing: [SensorStatus] = []

    /// A report without energy, and why.
    init(of span: CommandSpan, reason: String) {
        duration = span.duration
        exitCode = span.exitCode
        self.reason = reason
        idleReason = reason
    }

    /// The report of what the sensors said.
    init(_ evidence: MeasureEvidence, statuses: [SensorStatus]) {
        duration = evidence.span.duration
        exitCode = evidence.span.exitCode
        failing = statuses.filter { !$0.works }
        components = evidence.channels.map { Component($0, evidence) } + failing.compactMap(Component.init)
        let parts = components.filter { $0.isCounted && !$0.wasAbsent }
        if let broken = parts.first(where: { $0.window == nil }) {
            reason = "\(broken.name): \(broken.reason ?? "not measured")"
        } else if parts.isEmpty {
            reason = Self.nothingCounts(components)
        } else {
            total = .sum(parts.compactMap(\.window))
            idle = .sum(parts.map(\.idle))
            peakPower = evidence.peakPower
            let main = parts.first { $0.domain.component == .gpu } ?? parts[0]
            method = EnergyMethod.ofSum(([main] + parts).compactMap(\.method))
        }
        if idle == nil {
            idleReason = total == nil ? reason : evidence.quiet == nil ? Self.noBaseline : "not measured while quiet"
        }
    }

    /// The energy of one part of the machine; absent if any channel of it failed in between.
    func energy(of component: EnergyComponent) -> EnergyWindow? {
        let parts = components.filter { $0.isCounted && !$0.wasAbsent && $0.domain.component == component }
        guard parts.allSatisfy({ $0.window != nil }) else { return nil }
        return .sum(parts.compactMap(\.window))
    }

    private static let noBaseline = "no baseline was measured: --baseline SECONDS reads the quiet machine first"

    private static func nothingCounts(_ components: [Component]) -> String {
        let counted = components.first { $0.isCounted && $0.reason != nil }
        return counted.map { "\($0.name): \($0.reason ?? "")" } ?? "no sensor"
    }
}

/// Energy in the part that the quiet machine uses, and the part above it.
struct IdlePart: Sendable, Hashable {
    var idle: Energy
    var dynamic: Energy
    /// How far each part can be from the truth, either way.
    var bound: Energy

    /// Splits a window by what was used over a quiet span; never more is idle than was used.
    init(_ window: EnergyWindow, quiet: EnergyWindow) {
        let scale = quiet.covered > .zero ? window.covered / quiet.covered : 0
        idle = min(Energy.joules(quiet.energy.joules * scale) ?? window.energy, window.energy)
        dynamic = window.energy - idle
        bound = window.bound + (Energy.joules(quiet.bound.joules * scale) ?? .zero)
    }

    /// All parts together; nothing if one of them is unknown.
    static func sum(_ parts: [IdlePart?]) -> IdlePart? {
        guard var sum = parts.first ?? nil else { return nil }
        for part in parts.dropFirst() {
            guard let part else { return nil }
            sum.idle += part.idle
            sum.dynamic += part.dynamic
            sum.bound += part.bound
        }
        return sum
    }
}

extension MeasureReport.Component {
    /// What a channel's curve says of the run.
    init(_ channel: MeasureEvidence.Channel, _ evidence: MeasureEvidence) {
        let (sensor, span) = (channel.sensor, evidence.span)
        device = sensor.channel.device.identifier
        deviceName = sensor.deviceName
        domain = sensor.channel.domain
        vendor = sensor.channel.device.vendor
        method = sensor.method
        isCounted = sensor.isCounted
        guard let window = channel.trace.window(from: span.start, to: span.end), window.isComplete else {
            wasAbsent = channel.trace.firstInstant.map { $0 > span.start } ?? true
            reason = Self.reason(channel, span)
            return
        }
        self.window = window
        peakPower = channel.peakPower
        if let quiet = evidence.quiet,
            let rest = channel.trace.window(from: quiet.lowerBound, to: quiet.upperBound), rest.isComplete
        {
            idle = IdlePart(window, quiet: rest)
        }
    }

    /// A sensor that is there and cannot be read; nothing for one of which no device was found.
    init?(_ status: SensorStatus) {
        guard let deviceName = status.deviceName, let domain = status.domain else { return nil }
        device = status.device ?? status.name
        self.deviceName = deviceName
        self.domain = domain
        vendor = status.vendor
        isCounted = domain.isAdditive
        reason = status.reason ?? "does not work"
        wasAbsent = true
    }

    /// The component for people.
    var name: String { "\(deviceName) \(domain.rawValue)" }

    private static func reason(_ channel: MeasureEvidence.Channel, _ span: CommandSpan) -> String {
        if let failure = channel.failure { return failure.reason }
        guard let first = channel.trace.firstInstant else { return "the sensor gave no reading in time" }
        if first > span.start { return "the first reading came after the command began" }
        if channel.trace.count == 1 { return "the counter stood still throughout" }
        if !channel.trace.isSettled(at: span.end) { return "the counter stood still before the command's end" }
        return "not measured throughout: the counter started anew, or was silent for too long"
    }
}
