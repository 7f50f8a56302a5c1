// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Random numbers for identities: unique, and no secret.
///
/// The system is asked once for a seed of 256 bits; a question for each identity would cost a call of the kernel, which is
/// most of what recording a call costs.
enum IdentityRandom {
    private static let generator = Mutex(Xoshiro256(seededBy: SystemRandomNumberGenerator()))

    /// The next two numbers.
    static func pair() -> (UInt64, UInt64) {
        generator.withLock { ($0.next(), $0.next()) }
    }
}

/// Blackman's and Vigna's xoshiro256** 1.0 (https://prng.di.unimi.it/xoshiro256starstar.c).
struct Xoshiro256: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init(seededBy source: some RandomNumberGenerator) {
        var source = source
        // All zeros alone would stay so for ever.
        state = (source.next() | 1, source.next(), source.next(), source.next())
    }

    init(state: (UInt64, UInt64, UInt64, UInt64)) {
        self.state = state
    }

    mutating func next() -> UInt64 {
        let scrambled = Self.rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, by: 45)
        return scrambled
    }

    private static func rotated(_ value: UInt64, by bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }
}
