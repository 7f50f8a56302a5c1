// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Windows: what was used between two instants, and how sure that is.
extension EnergyTrace {
    /// The energy between two instants; nothing where no part of the span was measured, or it ends before it starts.
    public func window(from start: MonotonicInstant, to end: MonotonicInstant) -> EnergyWindow? {
        let (from, to) = (start.nanoseconds, end.nanoseconds)
        guard from <= to, let first = points.first, let last = points.last else { return nil }
        let (begin, finish) = (lookUp(from), lookUp(to))
        let covered = finish.covered - begin.covered
        let isWhole = from >= first.instant && to <= max(last.earliest, first.instant) && covered == to - from
        guard covered > 0 || (from == to && isWhole && !isInGap(from)) else { return nil }
        let bound = edgeBound(at: from, energy: begin.energy) + edgeBound(at: to, energy: finish.energy)
        let integral = Energy.joules(finish.uncertaintyAfter - begin.uncertainty) ?? .zero
        return EnergyWindow(
            energy: Energy(attojoules: finish.energy - begin.energy),
            bound: Energy(attojoules: bound) + integral,
            covered: .nanoseconds(covered),
            isComplete: isWhole
        )
    }

    /// Whether all energy used up to an instant is known by now.
    public func isSettled(at instant: MonotonicInstant) -> Bool {
        settledThrough.map { $0 >= instant } ?? false
    }

    /// The highest power between two instants; nothing where nothing was measured.
    ///
    /// Of a counter it is the highest mean over at least `span` (or the whole window, where that is shorter), because
    /// the time of a publication is known only to the poll: closer ones would make peaks out of jitter.
    public func peakPower(
        from start: MonotonicInstant,
        to end: MonotonicInstant,
        over span: Duration = .milliseconds(100)
    ) -> Power? {
        let (from, to) = (start.nanoseconds, end.nanoseconds)
        guard from <= to, !points.isEmpty else { return nil }
        let firstInside = points.partition { $0.instant < from }
        let afterInside = points.partition { $0.instant <= to }
        if let peak = peakReading(firstInside..<afterInside) { return peak }
        var knots = (firstInside..<max(firstInside, afterInside)).map { points[$0].instant }
        if knots.first != from { knots.insert(from, at: 0) }
        if knots.last != to { knots.append(to) }
        return peakMean(knots, over: min(span.nanoseconds, to - from))
    }

    private func peakReading(_ places: Range<Int>) -> Power? {
        places.compactMap { points[$0].power }.max().map(Power.watts)
    }

    private func peakMean(_ knots: [Int64], over span: Int64) -> Power? {
        var (peak, tail) = (Double?.none, 0)
        for head in knots.indices.dropFirst() {
            while tail + 1 < head, knots[head] - knots[tail + 1] >= span { tail += 1 }
            guard knots[head] - knots[tail] >= span else { continue }
            let (begin, finish) = (lookUp(knots[tail]), lookUp(knots[head]))
            guard finish.covered > begin.covered else { continue }
            let joules = Energy(attojoules: finish.energy - begin.energy).joules
            let watts = joules / (Double(finish.covered - begin.covered) / 1e9)
            peak = max(peak ?? watts, watts)
        }
        return peak.map(Power.watts)
    }
}

/// Look-ups.
extension EnergyTrace {
    private struct LookUp {
        var energy: Int128
        var covered: Int64
        /// Of the integral up to the knot before the instant, and up to the knot after it.
        var uncertainty: Double
        var uncertaintyAfter: Double
    }

    private func lookUp(_ instant: Int64) -> LookUp {
        let place = points.partition { $0.instant <= instant }
        guard place > 0, place < points.count else {
            let end = points[place > 0 ? place - 1 : 0]
            return LookUp(
                energy: end.energy,
                covered: end.covered,
                uncertainty: end.uncertainty,
                uncertaintyAfter: end.uncertainty
            )
        }
        let (before, after) = (points[place - 1], points[place])
        // An interval that an edge cuts counts with its whole uncertainty.
        return LookUp(
            energy: before.energy(at: instant, before: after),
            covered: before.covered(at: instant, before: after),
            uncertainty: before.uncertainty,
            uncertaintyAfter: after.uncertainty
        )
    }

    private func isInGap(_ instant: Int64) -> Bool {
        let place = points.partition { $0.instant < instant }
        return place > 0 && place < points.count && points[place].followsGap && points[place].instant != instant
    }

    /// The bound of one edge: `max(f, 1 - f)` times the energy between the publications that surely precede and
    /// surely follow it, `f` being the place of our estimate between those two.
    private func edgeBound(at instant: Int64, energy: Int128) -> Int128 {
        let preceding = points.partition { $0.latest <= instant }
        let following = points.partition { $0.earliest < instant }
        let low = preceding > 0 ? points[preceding - 1].energy : points[0].energy
        let high = following < points.count ? points[following].energy : points[points.count - 1].energy
        return max(energy - low, high - energy, 0)
    }
}
