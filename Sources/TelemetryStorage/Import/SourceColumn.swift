// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The keys that an import reads: the seed's columns and ours.
enum SourceColumn: Int, CaseIterable, Sendable {
    case id, recordId, timestamp, operation, outcome, httpStatus, errorKind, engine, upstream
    case requestedModel, modelId, agent, session, batchId, isWarmup, isStreaming, finishReason, promptTokens
    case cachedTokens, promptTokensEvaluated, completionTokens, reasoningTokens, totalTokens, tokenSource
    case latencySeconds, ttft, timeToFirstAnswer, tpotMs, prefillLatencySeconds, decodeLatencySeconds
    case meanItlMs, medianItlMs, p90ItlMs, p95ItlMs, p99ItlMs, stdItlMs, iclMeanMs, iclP50Ms, iclP95Ms
    case iclP99Ms, chunkCount, queueSeconds, loadSeconds, enginePrefillSeconds, engineDecodeSeconds, costUsd
    case priceSource, electricityCost, carbonGrams, energyJoules, energyDynamicJoules, energyIdleJoules
    case energyBoundJoules, energyMethod, energyVendor, energySharing, energyReason, devices
    case cpuEnergyJoules, gpuEnergyJoules, dramEnergyJoules, aneEnergyJoules, prefillEnergyJoules
    case decodeEnergyJoules, powerWatts, peakPowerWatts, gpuUtilizationPct, gpuMemoryUsedGb, gpuTemperatureC
    case throughputTokPerSec, tokensPerJoule, energyPerOutputTokenJoules, throughputPerWatt
    case tokenCountingVersion, methodologyVersion, metadata, miningSessionId

    /// The key itself, which the case's name spells in camel case.
    var name: String {
        Self.names[rawValue]
    }

    private static let names = allCases.map { SnakeCase.name(of: "\($0)") }
    private static let byName = Dictionary(uniqueKeysWithValues: zip(names, allCases))

    /// The column of a key; nothing for keys that say nothing to us.
    init?(name: String) {
        guard let column = Self.byName[name] else { return nil }
        self = column
    }

    /// The column of a key's bytes, found without making a text of them.
    init?(bytes: UnsafeRawBufferPointer) {
        var slot = Self.slot(of: bytes)
        while let column = Self.table[slot] {
            if Self.namesAsBytes[column.rawValue].elementsEqual(bytes) {
                self = column
                return
            }
            slot = (slot + 1) % Self.table.count
        }
        return nil
    }

    private static let namesAsBytes = names.map { Array($0.utf8) }

    /// An open table, a quarter full, so that a key is mostly found at its first place.
    private static let table: [SourceColumn?] = {
        var table = [SourceColumn?](repeating: nil, count: 512)
        for column in allCases {
            var slot = namesAsBytes[column.rawValue].withUnsafeBytes { (name: UnsafeRawBufferPointer) in
                Self.slot(of: name)
            }
            while table[slot] != nil {
                slot = (slot + 1) % table.count
            }
            table[slot] = column
        }
        return table
    }()

    private static func slot(of bytes: UnsafeRawBufferPointer) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes {
            hash = (hash ^ UInt32(byte)) &* 16_777_619
        }
        return Int((hash ^ hash >> 16) & 511)
    }
}

/// The values of a source row by column; a column that the row lacks is null.
struct SourceValues: Sendable {
    private var values = [SourceValue](repeating: .null, count: SourceColumn.allCases.count)

    subscript(column: SourceColumn) -> SourceValue {
        get { values[column.rawValue] }
        set { values[column.rawValue] = newValue }
    }
}
