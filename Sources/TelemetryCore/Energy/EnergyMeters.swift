// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The meters of all channels of a machine, and what its devices did besides.
public struct EnergyMeters: Sendable, EnergyHistory {
    /// What one reading of one channel meant.
    public struct Outcome: Sendable, Hashable {
        /// The channel's place.
        public var place: Int
        /// What the reading meant.
        public var event: ChannelMeter.Event

        /// Creates an outcome.
        public init(place: Int, event: ChannelMeter.Event) {
            self.place = place
            self.event = event
        }
    }

    /// One meter for each channel, in order of their places.
    public private(set) var meters: [ChannelMeter]
    /// What the devices did besides drawing power.
    public private(set) var devices = DeviceHistory()
    private var places: [EnergyChannel: Int]

    /// Creates meters that have read nothing, one for each channel.
    public init(
        sensors: [EnergySensor],
        configuration: ChannelMeter.Configuration = ChannelMeter.Configuration()
    ) {
        var places: [EnergyChannel: Int] = [:]
        var meters: [ChannelMeter] = []
        for sensor in sensors where places[sensor.channel] == nil {
            places[sensor.channel] = meters.count
            meters.append(ChannelMeter(sensor: sensor, configuration: configuration))
        }
        self.meters = meters
        self.places = places
    }

    /// The sensors, in order of their channels' places.
    public var sensors: [EnergySensor] { meters.map(\.sensor) }

    /// The place of a channel; nothing if no meter is for it.
    public func place(of channel: EnergyChannel) -> Int? {
        places[channel]
    }

    /// Takes readings that were all made between two instants; those of unknown channels are passed over.
    public mutating func take(
        _ readings: [EnergyReading],
        from start: MonotonicInstant,
        to end: MonotonicInstant
    ) -> [Outcome] {
        readings.compactMap { reading in
            guard let place = places[reading.channel],
                let event = meters[place].take(reading, from: start, to: end)
            else { return nil }
            return Outcome(place: place, event: event)
        }
    }

    /// Takes what devices did at an instant.
    public mutating func take(_ readings: [DeviceReading], at instant: MonotonicInstant) {
        devices.take(readings, at: instant)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func windows(from start: MonotonicInstant, to end: MonotonicInstant) -> [ChannelWindow] {
        meters.compactMap { meter in
            meter.trace.window(from: start, to: end).map { ChannelWindow(sensor: meter.sensor, window: $0) }
        }
    }

    /// Whether all energy used up to an instant is known by now, on every channel that a total counts and that works.
    public func isSettled(at instant: MonotonicInstant) -> Bool {
        meters.allSatisfy { meter in
            !meter.sensor.isCounted || meter.failure != nil || meter.trace.count == 0
                || meter.trace.isSettled(at: instant)
        }
    }

    /// How sure the energy between two instants is, of the channels at some places together, and their highest power.
    ///
    /// A bound that is not known for one channel is not known for all.
    package func use(
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        places: [Int]
    ) -> (bound: Energy?, peakPower: Power?) {
        var bound: Energy? = .zero
        var power: Power?
        for place in places {
            let window = meters[place].trace.window(from: start, to: end)
            bound = bound.flatMap { sum in window.map { sum + $0.bound } }
            if let mean = window?.meanPower { power = .watts((power?.watts ?? 0) + mean.watts) }
        }
        // The peak over a single step is the mean of the window, which is known by now.
        let isOneStep = places.count > 1 && EnergyTrace.steps(of: end - start) == 1
        return (bound, isOneStep ? power : peakPower(from: start, to: end, places: places))
    }

    /// The highest power between two instants, of the counted channels at some places together.
    ///
    /// It is the highest mean over 100 ms, or over the window where that is shorter; where power itself is read, the
    /// highest reading.
    public func peakPower(
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        places: [Int]? = nil
    ) -> Power? {
        let counted = (places ?? Array(meters.indices)).filter { meters[$0].sensor.isCounted }
        guard counted.count > 1 else {
            return counted.first.flatMap { meters[$0].trace.peakPower(from: start, to: end) }
        }
        return EnergyTrace.peakPower(of: counted.map { meters[$0].trace }, from: start, to: end)
    }
}

extension EnergyTrace {
    /// How many steps a peak is looked for in; of an hour-long call, 10,000 are enough.
    static func steps(of length: Duration) -> Int {
        length > .zero ? min(max(Int(length / .milliseconds(100)), 1), 10_000) : 0
    }

    /// The highest mean power of several channels together, over steps of 100 ms or the whole window if it is shorter.
    static func peakPower(of traces: [EnergyTrace], from start: MonotonicInstant, to end: MonotonicInstant) -> Power? {
        let length = end - start
        guard length > .zero else { return nil }
        let steps = steps(of: length)
        var peak: Double?
        for step in 0..<steps {
            let from = start.advanced(by: length * step / steps)
            let to = start.advanced(by: length * (step + 1) / steps)
            let watts = traces.compactMap { $0.window(from: from, to: to)?.meanPower?.watts }
            guard !watts.isEmpty else { continue }
            peak = max(peak ?? 0, watts.reduce(0, +))
        }
        return peak.map(Power.watts)
    }
}
