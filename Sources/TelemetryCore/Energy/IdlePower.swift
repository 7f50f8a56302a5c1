// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Learns what a device draws while nobody works on it.
///
/// Quiet intervals are gathered into spans of half a second or more; the median of the last 128 of them is the idle
/// power, so that short work that nobody told of does not raise it. It is known after 6 s of quiet in all.
struct IdlePowerEstimator: Sendable {
    private var spanEnergy: UInt64 = 0
    private var spanLength: Int64 = 0
    private var quiet: Int64 = 0
    private var spans = RingBuffer<UInt64>(capacity: 128)
    /// The idle power in nanowatts; nothing before enough quiet was seen.
    private(set) var nanowatts: UInt64?

    static let neededQuiet: Int64 = 6_000_000_000
    private static let shortestSpan: Int64 = 500_000_000

    /// Takes a quiet interval of so many nanoseconds, in which so many nanojoules were used.
    mutating func add(nanojoules: UInt64, nanoseconds: Int64) {
        guard nanoseconds > 0 else { return }
        spanEnergy += nanojoules
        spanLength += nanoseconds
        quiet += nanoseconds
        guard spanLength >= Self.shortestSpan else { return }
        spans.append(UInt64(clamping: UInt128(spanEnergy) * 1_000_000_000 / UInt128(spanLength)))
        (spanEnergy, spanLength) = (0, 0)
        guard quiet >= Self.neededQuiet else { return }
        let ordered = (0..<spans.count).map { spans[$0] }.sorted()
        nanowatts = ordered[ordered.count / 2]
    }

    /// The idle energy of an interval: never more than was used.
    func energy(nanoseconds: Int64, atMost used: UInt64) -> UInt64? {
        guard let nanowatts else { return nil }
        let idle = UInt128(nanowatts) * UInt128(max(nanoseconds, 0)) / 1_000_000_000
        return UInt64(clamping: min(idle, UInt128(used)))
    }
}
