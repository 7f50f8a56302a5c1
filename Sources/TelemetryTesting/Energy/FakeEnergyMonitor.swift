// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TelemetryCore

/// A monitor without hardware: counters and powers that follow curves, with the faults of real ones on request.
public final class FakeEnergyMonitor: EnergyMonitor {
    /// One sensor and how it behaves.
    ///
    /// What is changed holds from the next reading on.
    public struct Channel: Sendable {
        /// The sensor.
        public var sensor: EnergySensor
        /// The power that it measures.
        public var curve: PowerCurve
        /// The time between two publications; a sensor of power says what is at each reading.
        public var publication: Duration
        /// What is added to the counter: a negative jump is a reset.
        public var offset: Int64 = 0
        /// Whether the counter stands still though its device works.
        public var frozenAt: MonotonicInstant?
        /// The failure of each reading, while there is one.
        public var failure: SensorFailure?
        /// The limit that each reading states.
        public var powerLimit: Power?

        /// Creates a sensor that works.
        public init(sensor: EnergySensor, curve: PowerCurve, publication: Duration = .milliseconds(20)) {
            self.sensor = sensor
            self.curve = curve
            self.publication = publication
        }
    }

    private struct State {
        var channels: [Channel]
        var devices: [DeviceReading] = []
        var isClosed = false
        var readings = 0
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor: EnergyVendor
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let pollInterval: EnergyPollInterval
    private let clock: TelemetryClock
    private let state: Mutex<State>

    /// Creates a monitor of some sensors.
    public init(
        channels: [Channel],
        clock: TelemetryClock,
        pollInterval: EnergyPollInterval = EnergyPollInterval(active: .milliseconds(20), idle: .seconds(1))
    ) {
        sensors = channels.map(\.sensor)
        vendor = channels.first?.sensor.channel.device.vendor ?? .nvidia
        self.clock = clock
        self.pollInterval = pollInterval
        state = Mutex(State(channels: channels))
    }

    /// Changes how one sensor behaves.
    public func change(_ index: Int = 0, _ body: @Sendable (inout Channel) -> Void) {
        state.withLock { state in
            if state.channels.indices.contains(index) { body(&state.channels[index]) }
        }
    }

    /// Sets what the devices do besides drawing power.
    public func setDevices(_ devices: [DeviceReading]) {
        state.withLock { $0.devices = devices }
    }

    /// How often the sensors were read.
    public var readingCount: Int {
        state.withLock { $0.readings }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var statuses: [SensorStatus] {
        sensors.map { sensor in
            var status = SensorStatus(vendor: sensor.channel.device.vendor, name: sensor.name, works: true)
            status.deviceName = sensor.deviceName
            status.device = sensor.channel.device.identifier
            status.domain = sensor.channel.domain
            status.method = sensor.method
            return status
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        let now = clock.instant()
        return state.withLock { state in
            state.readings += 1
            let isClosed = state.isClosed
            return state.channels.map { channel in
                let value: EnergyReading.Value =
                    isClosed ? .failed(SensorFailure(.lost, "closed")) : Self.value(of: channel, at: now)
                return EnergyReading(channel: channel.sensor.channel, value: value, powerLimit: channel.powerLimit)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        state.withLock { $0.isClosed ? [] : $0.devices }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        state.withLock { $0.isClosed = true }
    }

    private static func value(of channel: Channel, at now: MonotonicInstant) -> EnergyReading.Value {
        if let failure = channel.failure { return .failed(failure) }
        guard let format = channel.sensor.format else {
            let step = Duration.microseconds(1)
            let before = MonotonicInstant(nanoseconds: max(now.advanced(by: .zero - step).nanoseconds, 0))
            let joules = channel.curve.joules(from: before, to: now)
            return .power(.watts(joules / max((now - before).seconds, 1e-9)))
        }
        let time = channel.frozenAt.map { min($0, now) } ?? now
        let period = max(channel.publication.nanoseconds, 1)
        let published = MonotonicInstant(nanoseconds: time.nanoseconds / period * period)
        let nanojoules = channel.curve.joules(at: published) * 1e9
        let counts = nanojoules / Double(format.nanojoulesPerUnit) * Double(format.countsPerUnit)
        let count = UInt64(max(Int64(counts) + channel.offset, 0))
        return .count(format.modulus.map { count % $0 } ?? count)
    }
}
