// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryStorage

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How a database is, read without changing it.
struct StoreReport: Sendable, Hashable {
    var path: String
    var exists: Bool
    /// The number of calls, where it can be read.
    var calls: Int?
    /// The size with its write-ahead log, in bytes.
    var fileBytes: Int?
    /// What is wrong, as a bounded word.
    var problem: String?
    /// What is wrong and what to do about it, in a sentence.
    var reason: String?

    /// Looks at a database.
    static func of(_ path: String) async -> StoreReport {
        var report = StoreReport(path: path, exists: StoreFile.exists(path))
        let aggregator = TelemetryAggregator(path: path)
        defer { aggregator.close() }
        do {
            report.calls = try await aggregator.recordCount()
            if let finding = try await aggregator.integrityProblems().first {
                report.problem = TelemetryStoreError.Code.corrupt.description
                report.reason = "\(path) is damaged: \(finding)"
            }
        } catch {
            report.problem = error.code.description
            report.reason = error.message
        }
        report.fileBytes = report.exists ? size(of: path) + size(of: path + "-wal") : nil
        if report.problem == nil, report.exists, access(path, W_OK) != 0 {
            report.problem = TelemetryStoreError.Code.readOnly.description
            report.reason = "\(path) cannot be written by this user, so that 'serve' could not record."
        }
        return report
    }

    var json: JSONValue {
        .pairs([
            "path": .string(path), "works": .bool(problem == nil), "exists": .bool(exists), "calls": .integer(calls),
            "file_bytes": .integer(fileBytes), "problem": .string(problem), "reason": .string(reason),
        ])
    }

    /// One sentence for a person.
    var sentence: String {
        if let reason { return reason }
        guard exists, let calls else { return "\(path) is not there yet; the first recorded call makes it." }
        return "\(path) holds \(HumanUnits.count(calls, of: "call")) in \(HumanUnits.bytes(fileBytes ?? 0))."
    }

    private static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
