// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What is known of a channel before it is read: who, how, how often.
public struct EnergySensor: Sendable, Hashable {
    /// What is measured.
    public var channel: EnergyChannel
    /// The sensor's own name: a zone, a file, a driver's function.
    public var name: String
    /// The device's name for people, as its driver gives it.
    public var deviceName: String
    /// How energy is known.
    public var method: EnergyMethod
    /// How the counter counts; absent where power is read.
    public var format: CounterFormat?
    /// The longest time between two changes of the reading while the device draws power; absent where it is unknown.
    ///
    /// A changed value is taken to be no older than this, so a number too small breaks the stated bounds.
    public var publicationPeriod: Duration?
    /// Whether a total counts this channel.
    ///
    /// A monitor turns it off where two of its channels contain each other.
    public var isCounted: Bool

    /// Creates a description; a total counts the channel if its domain is additive.
    public init(
        channel: EnergyChannel,
        name: String,
        deviceName: String,
        method: EnergyMethod,
        format: CounterFormat? = nil,
        publicationPeriod: Duration? = nil
    ) {
        self.channel = channel
        self.name = name
        self.deviceName = deviceName
        self.method = method
        self.format = format
        self.publicationPeriod = publicationPeriod
        isCounted = channel.domain.isAdditive
    }
}

/// One reading of one channel.
public struct EnergyReading: Sendable, Hashable {
    /// What a channel said.
    public enum Value: Sendable, Hashable {
        /// The counter's raw value, in its own unit.
        case count(UInt64)
        /// Power, where there is no counter.
        case power(Power)
        /// Nothing could be read.
        case failed(SensorFailure)
    }

    /// The channel that was read.
    public var channel: EnergyChannel
    /// What it said.
    public var value: Value
    /// When the sensor itself says that the value was made; absent where it does not say.
    ///
    /// A value that stands while this goes on says that no energy was used, not that the sensor is stuck.
    public var publishedAt: MonotonicInstant?
    /// The highest power that the device is allowed at present, by which absurd jumps of its counter are told.
    public var powerLimit: Power?

    /// Creates a reading.
    public init(
        channel: EnergyChannel,
        value: Value,
        publishedAt: MonotonicInstant? = nil,
        powerLimit: Power? = nil
    ) {
        self.channel = channel
        self.value = value
        self.publishedAt = publishedAt
        self.powerLimit = powerLimit
    }
}

/// Why a reading failed.
public struct SensorFailure: Sendable, Hashable, Error {
    /// The kind of a failure, from a small set, so that one line is logged per cause.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The system forbids the reading.
        case permissionDenied = "permission_denied"
        /// The device has no such sensor.
        case notSupported = "not_supported"
        /// The device or its driver is gone; it may come back.
        case lost
        /// The sensor answers, but with nothing that can be used.
        case unusable
        /// The sensor's own error, told in the text.
        case failed
    }

    /// The kind.
    public var code: Code
    /// What failed, for people.
    public var reason: String

    /// Creates a failure.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// What a device does besides drawing power, at one moment.
///
/// What it cannot say is absent, each by itself.
public struct DeviceReading: Sendable, Hashable {
    /// The device.
    public var device: EnergyDeviceID
    /// Instantaneous power.
    public var power: Power?
    /// The highest power that the device is allowed.
    public var powerLimit: Power?
    /// How busy the device is, in percent.
    public var utilizationPercent: Double?
    /// Memory in use, in bytes.
    public var memoryUsedBytes: UInt64?
    /// All its memory, in bytes.
    public var memoryTotalBytes: UInt64?
    /// Temperature in degrees Celsius.
    public var temperatureCelsius: Double?
    /// The processes that use it; absent where the driver does not say.
    public var processes: [DeviceProcess]?

    /// Creates a reading of which nothing is known.
    public init(device: EnergyDeviceID) {
        self.device = device
    }
}

/// A process that uses a device.
public struct DeviceProcess: Sendable, Hashable {
    /// The process, by the number it has in our own namespace.
    public var processID: Int32
    /// The part of the device's time that it used lately, in percent; absent where the driver does not say.
    public var utilizationPercent: Double?
    /// Memory in use, in bytes; absent where the driver does not say.
    public var memoryUsedBytes: UInt64?

    /// Creates a use of which only the process is known.
    public init(processID: Int32, utilizationPercent: Double? = nil, memoryUsedBytes: UInt64? = nil) {
        self.processID = processID
        self.utilizationPercent = utilizationPercent
        self.memoryUsedBytes = memoryUsedBytes
    }
}

/// Whether a sensor works, for `doctor`: each one that was looked for, on this machine.
public struct SensorStatus: Sendable, Hashable {
    /// Whose sensor it is.
    public var vendor: EnergyVendor
    /// The sensor's own name.
    public var name: String
    /// The device's name for people; absent where no device was found.
    public var deviceName: String?
    /// The device's identifier, as records have it; absent where no device was found.
    public var device: String?
    /// What it measures; absent where no device was found.
    public var domain: EnergyDomain?
    /// How it measures; absent where it does not work.
    public var method: EnergyMethod?
    /// Whether energy or power can be read.
    public var works: Bool
    /// Why it does not work, or what is to be known of it though it does.
    public var reason: String?
    /// What a person can do about it.
    public var remedy: String?

    /// Creates a status of which only whose sensor it is, and whether it works, is known.
    public init(vendor: EnergyVendor, name: String, works: Bool) {
        self.vendor = vendor
        self.name = name
        self.works = works
    }
}
