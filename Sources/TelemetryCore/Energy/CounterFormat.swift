// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How a counter counts: the energy of one count, and where it begins again.
public struct CounterFormat: Sendable, Hashable {
    /// The energy of ``countsPerUnit`` counts, in nanojoules.
    public let nanojoulesPerUnit: UInt64
    /// The number of counts that make ``nanojoulesPerUnit``.
    public let countsPerUnit: UInt64
    /// The number of counts after which the counter stands at zero again; nothing if it never wraps in practice, so
    /// that any decrease is a reset.
    public let modulus: UInt64?

    /// Creates a format in which `counts` counts are `nanojoules` nanojoules; both count as 1 if they are 0.
    public init(nanojoules: UInt64, perCounts counts: UInt64 = 1, modulus: UInt64? = nil) {
        nanojoulesPerUnit = max(nanojoules, 1)
        countsPerUnit = max(counts, 1)
        self.modulus = modulus
    }

    /// Counts of nanojoules.
    public static let nanojoules = CounterFormat(nanojoules: 1)
    /// Counts of microjoules.
    public static let microjoules = CounterFormat(nanojoules: 1_000)
    /// Counts of millijoules.
    public static let millijoules = CounterFormat(nanojoules: 1_000_000)
    /// Counts of joules.
    public static let joules = CounterFormat(nanojoules: 1_000_000_000)

    /// Counts of 2 to the power of minus `bits` joules, as processors and AMD's cards count; `bits` from 0 to 62.
    public static func joulesDividedByTwo(toThe bits: Int) -> CounterFormat {
        CounterFormat(nanojoules: 1_000_000_000, perCounts: 1 << UInt64(clamping: min(max(bits, 0), 62)))
    }

    /// The same unit for a counter that stands at zero again after so many counts.
    public func wrapping(after counts: UInt64) -> CounterFormat {
        CounterFormat(nanojoules: nanojoulesPerUnit, perCounts: countsPerUnit, modulus: counts)
    }
}
