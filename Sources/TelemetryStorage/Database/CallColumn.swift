// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The columns of a call's row after its number, in the order of storage.
///
/// What statistics read stands first, since SQLite walks a row from its start; names are numbers of labels. Times are
/// microseconds, times of single tokens nanoseconds, energies nanojoules, prices nanodollars: whole numbers, save where
/// an imported value is finer than its unit and is kept as it is.
enum CallColumn: Int32, CaseIterable, Sendable {
    case timestamp, flags
    case model, engine, upstream, operation, outcome, methodology
    case promptTokens, completionTokens, cachedTokens, promptTokensEvaluated, reasoningTokens, totalTokens
    case latency, timeToFirstToken, timePerOutputToken
    case cost
    case energy, prefillEnergy, decodeEnergy
    case gpuUtilization
    case gapMean, gapMedian, gapP95, gapCount, chunkCount
    case electricityCost, carbon
    case agent, session, batch
    // What statistics do not read.
    case recordID
    case gapP90, gapP99, gapDeviation
    case timeToFirstAnswer
    case requestedModel, finishReason, httpStatus, errorKind, tokenSource, priceSource
    case queueTime, loadTime, enginePrefill, engineDecode
    case energyDynamic, energyIdle, energyBound, gpuEnergy, cpuEnergy, dramEnergy, peakPower
    case energyMethod, energyVendor, energySharing, energyReason, devices
    case metadata

    /// The column's name in the database.
    var name: String {
        switch self {
        case .recordID: "record_id"
        case .gapP95: "gap_p95"
        case .gapP90: "gap_p90"
        case .gapP99: "gap_p99"
        case .httpStatus: "http_status"
        case .gpuUtilization: "gpu_utilization"
        default: SnakeCase.name(of: "\(self)")
        }
    }

    /// The column's type and constraints.
    var declaration: String {
        switch self {
        case .timestamp, .flags: "INTEGER NOT NULL"
        case .recordID: "BLOB NOT NULL"
        case .metadata: "TEXT"
        case .gpuUtilization, .peakPower, .electricityCost, .carbon: "NUMERIC"
        default: "INTEGER"
        }
    }

    /// The place of the column's value among the bound ones, from 1 on.
    var parameter: Int32 {
        rawValue + 1
    }

    /// The columns that statistics read, which are the first.
    static let measured = allCases.prefix { $0 != .recordID }
}

/// The columns of what few calls have, after the call's number.
enum ExtraColumn: Int32, CaseIterable, Sendable {
    case aneEnergy, gpuMemory, gpuTemperature
    case givenPower, givenTokensPerSecond, givenTokensPerJoule, givenJoulesPerToken, givenThroughputPerWatt
    case givenPrefillLatency, givenDecodeLatency
    case tokenCountingVersion, miningSession
    // Gaps between chunks, where they are not those between tokens.
    case chunkGapCount, chunkGapMean, chunkGapMedian, chunkGapP90, chunkGapP95, chunkGapP99, chunkGapDeviation

    /// The column's name in the database.
    var name: String {
        switch self {
        case .chunkGapP90: "chunk_gap_p90"
        case .chunkGapP95: "chunk_gap_p95"
        case .chunkGapP99: "chunk_gap_p99"
        default: SnakeCase.name(of: "\(self)")
        }
    }

    /// The column's type.
    var declaration: String {
        switch self {
        case .miningSession: "TEXT"
        case .aneEnergy, .tokenCountingVersion: "INTEGER"
        default: "NUMERIC"
        }
    }

    /// The place of the column's value among the bound ones; the first is the call's number.
    var parameter: Int32 {
        rawValue + 2
    }
}

/// Truths of a call in one number.
struct CallFlags: OptionSet, Sendable {
    let rawValue: Int64

    static let warmup = CallFlags(rawValue: 1)
    static let streaming = CallFlags(rawValue: 2)
    static let awaitsEnergy = CallFlags(rawValue: 4)
    /// The gap columns are of tokens.
    static let gapsOfTokens = CallFlags(rawValue: 8)
    /// The gap columns are of chunks; with the other, of both.
    static let gapsOfChunks = CallFlags(rawValue: 16)
    /// The number of gaps is the number of chunks less one and is not stored.
    static let gapsFollowChunks = CallFlags(rawValue: 32)
}

/// What a label names; the numbers are in databases.
enum LabelKind: Int64, CaseIterable, Sendable {
    case model = 1
    case engine, upstream, agent, session, batch
    case finishReason, priceSource
    case energyMethod, energyVendor, energySharing, energyReason, devices
    case energyChannel

    /// Whether there may be any number of them; others end at 10,000 and are then called `other`.
    var isUnbounded: Bool {
        self == .session || self == .batch
    }

    /// The most bytes of a text.
    var longestText: Int {
        self == .devices || self == .energyChannel ? 4_096 : 256
    }
}

enum SnakeCase {
    static func name(of camelCase: String) -> String {
        camelCase.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
