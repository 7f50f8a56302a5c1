// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Makes the identity of an imported row from its own identity and its content, so that the same row has the same one
/// wherever it is read from.
struct SeedIdentity {
    /// The columns that content is made of.
    ///
    /// Our own record does not follow from the order of a file or the spacing of a line, and a column that an older
    /// file lacks counts like one that is 0 or empty there.
    private static let columns: [SourceColumn] = [
        .timestamp, .modelId, .engine, .agent, .promptTokens, .promptTokensEvaluated, .completionTokens,
        .totalTokens, .latencySeconds, .ttft, .costUsd, .energyJoules, .powerWatts, .gpuUtilizationPct,
        .gpuMemoryUsedGb, .gpuTemperatureC, .throughputTokPerSec, .prefillLatencySeconds,
        .decodeLatencySeconds, .energyMethod, .energyVendor, .batchId, .isWarmup, .cpuEnergyJoules,
        .gpuEnergyJoules, .dramEnergyJoules, .tokensPerJoule, .energyPerOutputTokenJoules,
        .throughputPerWatt, .prefillEnergyJoules, .decodeEnergyJoules, .meanItlMs, .medianItlMs,
        .p90ItlMs, .p95ItlMs, .p99ItlMs, .stdItlMs, .isStreaming, .tokenCountingVersion,
        .miningSessionId, .metadata,
    ]

    /// How often a content without an identity of its own has been met in this file.
    private var occurrences: [UInt128: UInt64] = [:]

    /// The identity of a row.
    mutating func identity(of values: SourceValues, at time: WallTime) -> RecordID {
        var hash = ContentHash()
        for column in Self.columns {
            hash.combine(values[column])
        }
        if case .integer(let number) = values[.id] {
            hash.combine(.integer(number))
        } else {
            let content = hash.value
            let occurrence = occurrences[content, default: 0]
            occurrences[content] = occurrence + 1
            // Apart from the row numbers of databases, which begin at 1.
            hash.combine(.integer(-1 - Int64(clamping: occurrence)))
        }
        let value = hash.value
        return RecordID(
            at: time,
            randomHigh: UInt64(truncatingIfNeeded: value >> 64),
            randomLow: UInt64(truncatingIfNeeded: value)
        )
    }
}

/// A hash of 128 bits that is the same in every process (FNV-1a over words, with a final mix).
struct ContentHash {
    private var state: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
    private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B

    /// Adds a value.
    ///
    /// None, 0, false and an empty text or object are one; a whole number is one however it is written.
    mutating func combine(_ value: SourceValue) {
        switch value {
        case .null: combine(word: 0)
        case .bool(let flag): combine(word: flag ? 1 : 0)
        case .integer(let number): combine(number)
        case .number(let number):
            if let whole = Int64(exactly: number) { combine(whole) } else { combine(word: number.bitPattern) }
        case .string(let text), .object(let text), .array(let text): combine(text)
        }
    }

    private mutating func combine(_ number: Int64) {
        combine(word: UInt64(bitPattern: number))
    }

    private mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // Blanks are left out: an object is the same however it is spaced.
            let kept = bytes.lazy.filter { $0 != 0x20 }
            if kept.elementsEqual([0x7B, 0x7D]) || kept.isEmpty {
                combine(word: 0)
                return
            }
            for byte in kept {
                combine(word: UInt64(byte))
            }
        }
    }

    private mutating func combine(word: UInt64) {
        state = (state ^ UInt128(word)) &* Self.prime
    }

    /// The hash of all values so far.
    var value: UInt128 {
        var mixed = state
        mixed ^= mixed >> 67
        mixed = mixed &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835
        mixed ^= mixed >> 71
        return mixed
    }
}
