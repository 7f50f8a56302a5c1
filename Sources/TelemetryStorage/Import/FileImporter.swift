// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// Imports one file in batches, each committed by a transaction of its own.
struct FileImporter {
    private let path: String
    private let onRefusal: @Sendable (ImportRefusal) -> Void
    private let pipeline: ImportPipeline
    private var report = ImportReport()
    private var batch: [WriterEntry] = []
    private var identities = SeedIdentity()
    private static let batchSize = 5_000

    init(
        path: String,
        onRefusal: @escaping @Sendable (ImportRefusal) -> Void,
        pipeline: ImportPipeline
    ) {
        self.path = path
        self.onRefusal = onRefusal
        self.pipeline = pipeline
    }

    /// Reads the whole file.
    mutating func run() throws -> ImportReport {
        switch try DatabaseHeader(path: path).kind {
        case .missing:
            throw TelemetryStoreError(code: .missing, message: "\(path) is not there.")
        case .database(Schema.applicationID, _):
            throw TelemetryStoreError(
                code: .foreignFile,
                message: "\(path) is a database of Inferometer itself. Import what `export --format jsonl` makes of it."
            )
        case .database: try importDatabase()
        case .empty: break
        case .other: try importLines()
        }
        try commitBatch()
        note(try pipeline.finish())
        return report
    }

    private mutating func importDatabase() throws {
        try SeedDatabase.forEachRow(of: path) { number, values in
            var values = values
            if values[.id] == .null { values[.id] = .integer(Int64(number)) }
            try take(line: number, values)
            return true
        }
    }

    private mutating func importLines() throws {
        var lines = try LineReader(path: path)
        while let content = try lines.next({ Self.read($0) }) {
            switch content {
            case .blank: continue
            case .refused(let reason): refuse(line: lines.line, reason)
            case .values(let values):
                try take(line: lines.line, values)
            }
        }
    }

    private enum LineContent {
        case blank
        case refused(String)
        case values(SourceValues)
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) -> LineContent {
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return .blank }
        do {
            return .values(try JSONObjectReader.read(bytes))
        } catch {
            return .refused(error.reason)
        }
    }

    private mutating func seedRecord(_ values: SourceValues) throws(SourceRow.Refusal) -> TelemetryRecord {
        var record = try SeedRow(values).record()
        // Only a row that is kept counts among its equals.
        record.id = identities.identity(of: values, at: record.timestamp)
        return record
    }

    private mutating func take(line: Int, _ values: SourceValues) throws {
        do {
            let record = try values[.recordId] != .null ? OwnRow(values).record() : seedRecord(values)
            batch.append(.record(RecordBox(record), precision: .literal))
        } catch {
            refuse(line: line, error.reason)
        }
        if batch.count >= Self.batchSize { try commitBatch() }
    }

    private mutating func refuse(line: Int, _ reason: String) {
        report.refused += 1
        onRefusal(ImportRefusal(line: line, reason: reason))
    }

    private mutating func commitBatch() throws {
        guard !batch.isEmpty else { return }
        note(try pipeline.submit(batch))
        batch = []
        batch.reserveCapacity(Self.batchSize)
    }

    private mutating func note(_ result: CommitResult) {
        report.added += result.recorded
        report.skipped += result.duplicates
        report.refused += result.refused
    }
}
