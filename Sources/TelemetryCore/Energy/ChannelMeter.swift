// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Turns the readings of one channel into its trace, and says what each reading meant.
///
/// A reading that fails costs nothing if the next good one comes soon: a counter counts on unseen. A silence longer
/// than ``Configuration/longestSilence``, a counter that starts anew, and a value that stood still for so long that
/// the sensor must have been stuck are gaps.
public struct ChannelMeter: Sendable {
    /// The times by which a meter tells a hiccup from a gap.
    public struct Configuration: Sendable, Hashable {
        /// The longest time without a good reading that is bridged.
        ///
        /// Defaults to 5 s.
        public var longestSilence: Duration = .seconds(5)
        /// The longest time that a counter may be seen to stand still.
        ///
        /// Defaults to 5 s; ten publication periods, if
        /// that is longer.
        public var longestStandstill: Duration = .seconds(5)
        /// The most publications that the trace keeps.
        ///
        /// Defaults to 100,000.
        public var capacity = 100_000
        /// What becomes of older publications when there are more.
        ///
        /// Defaults to `latest`.
        public var retention = EnergyTrace.Retention.latest

        /// Creates the default times.
        public init() {}
    }

    /// What a reading meant.
    public enum Event: Sendable, Hashable {
        /// From this instant on the channel is measured.
        case started(at: MonotonicInstant)
        /// So much energy was used since the event before, up to the knot of the curve.
        case published(at: MonotonicInstant, nanojoules: UInt64)
        /// What happened since the event before was not measured, save for its whole energy where that is known.
        case gap(until: MonotonicInstant, nanojoules: UInt64?, reason: String)
        /// The channel could not be read.
        case failed(SensorFailure)
    }

    /// What the meter measures.
    public let sensor: EnergySensor
    /// The energy of the channel over time.
    public private(set) var trace: EnergyTrace
    /// The failure of the last reading; nothing if it was good.
    public private(set) var failure: SensorFailure?
    /// The end of the last good reading.
    public private(set) var lastGoodReading: MonotonicInstant?
    /// The last power that was read, where power is what is read.
    public private(set) var lastPower: Power?
    private let configuration: Configuration
    private var counter: CounterAccumulator
    /// The start of the last reading that saw the present value, and the end of the first that did.
    private var seenSince: (first: MonotonicInstant, last: MonotonicInstant)?
    private var carriedAttojoules: Int128 = 0

    /// Creates a meter that has read nothing.
    public init(sensor: EnergySensor, configuration: Configuration = Configuration()) {
        self.sensor = sensor
        self.configuration = configuration
        trace = EnergyTrace(capacity: configuration.capacity, retention: configuration.retention)
        counter = CounterAccumulator(format: sensor.format ?? .nanojoules)
    }

    /// Takes a reading that was made between two instants; nothing comes back if the counter stands where it stood.
    public mutating func take(
        _ reading: EnergyReading,
        from start: MonotonicInstant,
        to end: MonotonicInstant
    ) -> Event? {
        let isSilent = lastGoodReading.map { start - $0 > configuration.longestSilence } ?? false
        let event: Event?
        switch reading.value {
        case .failed(let failure):
            self.failure = failure
            return .failed(failure)
        case .count(let count):
            event = take(count: count, reading: reading, from: start, to: end, isSilent: isSilent)
        case .power(let power):
            guard power.watts.isFinite, power.watts >= 0 else { return fail("power is no number above 0") }
            let middle = start.advanced(by: (end - start) / 2)
            event = take(power: power, at: reading.publishedAt ?? middle, isSilent: isSilent)
        }
        failure = nil
        lastGoodReading = max(end, lastGoodReading ?? end)
        return event
    }

    private mutating func fail(_ reason: String) -> Event {
        let failure = SensorFailure(.unusable, reason)
        self.failure = failure
        return .failed(failure)
    }
}

/// Counters.
extension ChannelMeter {
    private mutating func take(
        count: UInt64,
        reading: EnergyReading,
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        isSilent: Bool
    ) -> Event? {
        let seen = seenSince ?? (first: end, last: start)
        let step = counter.add(count, within: end - min(seen.first, seen.last), limit: reading.powerLimit)
        switch step {
        case .first:
            seenSince = (first: end, last: start)
            trace.restart(at: end)
            return .started(at: end)
        case .unchanged:
            guard isSilent else { return takeUnchanged(reading, seen: seen, from: start, to: end) }
            return gap(until: end, from: start, nanojoules: 0, reason: "no reading")
        case .restarted(let restart):
            return gap(until: end, from: start, nanojoules: nil, reason: restart.rawValue)
        case .advanced(let nanojoules):
            if isSilent { return gap(until: end, from: start, nanojoules: nanojoules, reason: "no reading") }
            if seen.last - seen.first > longestStandstill {
                return gap(until: end, from: start, nanojoules: nanojoules, reason: "stale")
            }
            let earliest = reading.publishedAt ?? earliestPublication(seen: seen.last, read: start)
            seenSince = (first: end, last: start)
            let knot = trace.append(
                nanojoules: nanojoules,
                publishedBetween: earliest,
                and: reading.publishedAt ?? end
            )
            return .published(at: knot, nanojoules: nanojoules)
        }
    }

    /// A value that stands: nothing new, or no energy where the sensor says that it published the same value again.
    private mutating func takeUnchanged(
        _ reading: EnergyReading,
        seen: (first: MonotonicInstant, last: MonotonicInstant),
        from start: MonotonicInstant,
        to end: MonotonicInstant
    ) -> Event? {
        guard let published = reading.publishedAt, published > seen.first else {
            seenSince = (first: seen.first, last: start)
            return nil
        }
        seenSince = (first: end, last: start)
        let knot = trace.append(nanojoules: 0, publishedBetween: published, and: published)
        return .published(at: knot, nanojoules: 0)
    }

    private func earliestPublication(seen: MonotonicInstant, read start: MonotonicInstant) -> MonotonicInstant {
        guard let period = sensor.publicationPeriod else { return seen }
        return max(seen, start.advanced(by: .zero - period))
    }

    private var longestStandstill: Duration {
        max(configuration.longestStandstill, (sensor.publicationPeriod ?? .zero) * 10)
    }

    private mutating func gap(
        until end: MonotonicInstant,
        from start: MonotonicInstant,
        nanojoules: UInt64?,
        reason: String
    ) -> Event {
        seenSince = (first: end, last: start)
        trace.restart(at: end)
        return .gap(until: end, nanojoules: nanojoules, reason: reason)
    }
}

/// Power.
extension ChannelMeter {
    private mutating func take(power: Power, at instant: MonotonicInstant, isSilent: Bool) -> Event? {
        lastPower = power
        let isFirst = trace.count == 0
        let energy = trace.append(power: power, at: instant, afterGap: isSilent)
        if isFirst { return .started(at: instant) }
        if isSilent { return .gap(until: instant, nanojoules: nil, reason: "no reading") }
        let (whole, rest) = (energy.attojoules + carriedAttojoules).quotientAndRemainder(dividingBy: 1_000_000_000)
        carriedAttojoules = rest
        return .published(at: trace.lastInstant ?? instant, nanojoules: UInt64(clamping: whole))
    }
}
