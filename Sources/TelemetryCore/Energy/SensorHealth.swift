// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How one sensor has done since it is read.
public struct SensorHealth: Sendable, Hashable {
    /// The sensor.
    public var sensor: EnergySensor
    /// Why its last reading failed; nothing if it was good, or none was made.
    public var failure: SensorFailure?
    /// The readings that failed, by their kind.
    public var failures: [SensorFailure.Code: Int] = [:]
    /// The gaps in its energy, by their reason.
    public var gaps: [String: Int] = [:]
    /// Why its figures are doubtful though it is read well; nothing if they are not.
    public var doubt: String?
    /// When it was last read well.
    public var lastGoodReading: MonotonicInstant?

    /// Creates the state of a sensor that was never read.
    public init(sensor: EnergySensor) {
        self.sensor = sensor
    }
}

/// How a meter of calls' energy does.
public struct EnergyMeterHealth: Sendable, Hashable {
    /// Why no energy is metered; nothing if some is.
    public var reason: String?
    /// The sensors that are read.
    public var sensors: [SensorHealth] = []

    /// Creates the state of a meter that meters, or does not for a reason.
    public init(reason: String? = nil, sensors: [SensorHealth] = []) {
        self.reason = reason
        self.sensors = sensors
    }
}
