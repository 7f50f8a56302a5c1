// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The energy of one channel over time: a bounded ring of publications.
///
/// A publication is the moment when a reading changed. The curve through them never falls, so the energy of any
/// window is the difference of two look-ups, each a binary search. What was not measured (before the first reading,
/// after the last publication, in a gap, or beyond what the ring keeps) adds nothing, and the window says so.
public struct EnergyTrace: Sendable {
    /// What becomes of older publications when there are too many.
    public enum Retention: Sendable, Hashable {
        /// The oldest is dropped.
        case latest
        /// All time stays known, and its middle becomes coarser: every second publication there is dropped.
        case whole
    }

    /// The most publications that are kept.
    public let capacity: Int
    private let retention: Retention
    private(set) var points: RingBuffer<TracePoint>

    /// Creates an empty trace that keeps at least one publication.
    public init(capacity: Int = 100_000, retention: Retention = .latest) {
        self.capacity = max(capacity, 1)
        self.retention = retention
        points = RingBuffer(capacity: max(capacity, 1))
    }

    /// The number of publications that are kept.
    public var count: Int { points.count }
    /// The first instant of which the trace knows anything.
    public var firstInstant: MonotonicInstant? { points.first.map { MonotonicInstant(nanoseconds: $0.instant) } }
    /// The knot of the last publication.
    public var lastInstant: MonotonicInstant? { points.last.map { MonotonicInstant(nanoseconds: $0.instant) } }

    /// All energy that was measured since the trace began; gaps add nothing.
    public var total: Energy { Energy(attojoules: points.last?.energy ?? 0) }

    /// The mean power of late: over 100 ms, or over the last two publications where they lie further apart.
    ///
    /// Closer ones would show the poll's jitter. Nothing before there are two, and nothing across a gap.
    public var latestPower: Power? {
        guard let last = points.last, !last.followsGap else { return nil }
        var place = points.count - 2
        while place > 0, !points[place].followsGap, last.instant - points[place].instant < 100_000_000 { place -= 1 }
        guard place >= 0 else { return nil }
        let before = points[place]
        return Energy(attojoules: last.energy - before.energy) / .nanoseconds(last.instant - before.instant)
    }

    /// Up to when energy is surely known: no energy used before it is still to be published.
    public var settledThrough: MonotonicInstant? {
        points.last.map { MonotonicInstant(nanoseconds: $0.earliest) }
    }

    /// Begins, or begins again after a gap: from here on the counter is watched.
    public mutating func restart(at instant: MonotonicInstant) {
        let time = max(instant.nanoseconds, points.last?.instant ?? .min)
        appendPoint(
            TracePoint(
                instant: time,
                earliest: time,
                latest: time,
                energy: points.last?.energy ?? 0,
                covered: points.last?.covered ?? 0,
                power: nil,
                uncertainty: points.last?.uncertainty ?? 0,
                followsGap: !points.isEmpty
            )
        )
    }

    /// Takes a publication: so much energy since the one before, published between two instants.
    ///
    /// Returns the knot, where the curve reaches the new sum.
    @discardableResult
    public mutating func append(
        nanojoules: UInt64,
        publishedBetween earliest: MonotonicInstant,
        and latest: MonotonicInstant
    ) -> MonotonicInstant {
        guard let last = points.last else {
            restart(at: latest)
            return latest
        }
        let late = max(latest.nanoseconds, last.latest)
        let early = min(max(earliest.nanoseconds, last.earliest), late)
        let knot = max(early + (late - early) / 2, last.instant)
        let point = TracePoint(
            instant: knot,
            earliest: early,
            latest: late,
            energy: last.energy + Int128(nanojoules) * 1_000_000_000,
            covered: last.covered + knot - last.instant,
            power: nil,
            uncertainty: last.uncertainty,
            followsGap: false
        )
        // A level stretch needs its two ends and no more, so that a device at rest does not push out what is kept.
        let isLevel =
            nanojoules == 0 && !last.followsGap && points.count > 1 && points[points.count - 2].energy == last.energy
        if isLevel { points.replaceLast(with: point) } else { appendPoint(point) }
        return MonotonicInstant(nanoseconds: knot)
    }

    private mutating func appendPoint(_ point: TracePoint) {
        if retention == .whole, points.count == capacity { thin() }
        points.append(point)
    }

    /// Drops every second publication between the first and the last few, save those about gaps.
    ///
    /// Sums stay exact at every publication that is left, and so at the edges of what is measured.
    private mutating func thin() {
        let edge = min(64, capacity / 8)
        var kept: [TracePoint] = []
        var wasDropped = false
        for place in 0..<points.count {
            var point = points[place]
            let isEdge = place < edge || place >= points.count - edge
            let isAtGap = point.followsGap || (place + 1 < points.count && points[place + 1].followsGap)
            if isEdge || isAtGap || place % 2 == 0 {
                // The trapezoid of two readings is no longer what lies between them; a straight line is.
                if wasDropped { point.power = nil }
                kept.append(point)
                wasDropped = false
            } else {
                wasDropped = true
            }
        }
        points.replaceAll(with: kept)
    }
}

/// Channels that have no counter: power readings, integrated by the trapezoid rule.
extension EnergyTrace {
    /// Takes a reading of power; returns the energy since the reading before.
    ///
    /// A reading that comes late is put in its place in time, unless what was before it is no longer kept: then it
    /// cannot be placed, and says nothing. After a gap the integral begins again.
    @discardableResult
    public mutating func append(
        power: Power,
        at instant: MonotonicInstant,
        afterGap: Bool = false
    ) -> Energy {
        if let last = points.last, last.power != nil, instant.nanoseconds < last.instant {
            return insertLate(power: power, at: instant)
        }
        let before = points.last?.energy ?? 0
        appendPoint(powerPoint(power.watts, at: instant.nanoseconds, after: points.last, afterGap: afterGap))
        return Energy(attojoules: (points.last?.energy ?? 0) - before)
    }

    private mutating func insertLate(power: Power, at instant: MonotonicInstant) -> Energy {
        if let first = points.first, instant.nanoseconds < first.instant, first.energy > 0 || first.covered > 0 {
            return .zero
        }
        let before = points.last?.energy ?? 0
        var later: [TracePoint] = []
        while let last = points.last, last.instant > instant.nanoseconds {
            later.append(last)
            points.removeLast()
        }
        points.append(powerPoint(power.watts, at: instant.nanoseconds, after: points.last, afterGap: false))
        for point in later.reversed() {
            guard let watts = point.power else { continue }
            points.append(powerPoint(watts, at: point.instant, after: points.last, afterGap: point.followsGap))
        }
        return Energy(attojoules: max((points.last?.energy ?? 0) - before, 0))
    }

    private func powerPoint(_ watts: Double, at time: Int64, after last: TracePoint?, afterGap: Bool) -> TracePoint {
        var point = TracePoint(
            instant: time,
            earliest: time,
            latest: time,
            energy: last?.energy ?? 0,
            covered: last?.covered ?? 0,
            power: watts,
            uncertainty: last?.uncertainty ?? 0,
            followsGap: last != nil
        )
        guard let last, let before = last.power, !afterGap else { return point }
        let seconds = Double(time - last.instant) / 1e9
        point.followsGap = false
        point.energy += TracePoint.attojoules(max((before + watts) / 2 * seconds, 0))
        point.covered += time - last.instant
        // Between two readings power is taken to rise or fall one way; the area of the triangle is what that leaves.
        point.uncertainty += abs(watts - before) * seconds / 2
        return point
    }
}
