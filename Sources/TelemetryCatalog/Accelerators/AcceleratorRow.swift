// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// One line of the table, with the patterns that drivers' names match.
struct AcceleratorRow: Sendable {
    let vendor: String
    let name: String
    let patterns: [NamePattern]
    /// Dense peaks in teraFLOPS.
    let bf16: Double?
    let fp16: Double?
    let fp8: Double?
    /// In gigabytes (10^9 bytes) per second.
    let bandwidth: Double?
    /// In gigabytes, as sold.
    let memory: Double?
    /// In watts.
    let power: Double?
    let confidence: AcceleratorSpecification.Confidence
    let basis: String
    let notes: String
    let source: String
    let verification: String

    var specification: AcceleratorSpecification {
        specification(name: name, bandwidth: bandwidth, memory: memory)
    }

    /// The specification of a part that shares this row's chip but not its memory.
    var specificationOfOtherMemory: AcceleratorSpecification {
        specification(name: name, bandwidth: nil, memory: nil)
    }

    private func specification(name: String, bandwidth: Double?, memory: Double?) -> AcceleratorSpecification {
        let peaks: [AcceleratorSpecification.Precision: Double?] = [.bf16: bf16, .fp16: fp16, .fp8: fp8]
        return AcceleratorSpecification(
            vendor: vendor,
            name: name,
            peakFLOPS: peaks.compactMapValues { $0.map { $0 * 1e12 } },
            memoryBytesPerSecond: bandwidth.map { $0 * 1e9 },
            memoryGigabytes: memory,
            thermalDesignPower: power.map(Power.watts),
            confidence: confidence,
            basis: basis,
            notes: notes,
            source: source,
            verification: verification
        )
    }
}
