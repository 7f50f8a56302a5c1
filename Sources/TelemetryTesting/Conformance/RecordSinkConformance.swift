// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Checks that a sink keeps the contract of `RecordSink`: at once, every record, once, as it was.
public enum RecordSinkConformance {
    /// Gives records to a sink, from several tasks as well, and compares what it kept.
    ///
    /// - Parameters:
    ///   - sink: The sink, which nothing else writes to meanwhile.
    ///   - count: The number of records; at least 8.
    ///   - limit: What the sink may take for a record, at the median. The contract says microseconds.
    ///   - clock: The clock by which that is measured.
    ///   - kept: Reads back what the sink kept, in whatever order, once it is where it goes. A sink that only passes
    ///     records on gives what reached the other side.
    /// - Returns: The rules that it breaks, each once; none if it conforms.
    public static func check(
        _ sink: some RecordSink,
        count: Int = 200,
        limit: Duration = .milliseconds(1),
        clock: TelemetryClock = .system,
        kept: () async throws -> [TelemetryRecord]
    ) async -> [ConformanceViolation] {
        var found: [ConformanceViolation] = []
        let records = (0..<max(count, 8)).map(record)
        let half = records.count / 2
        var times: [Duration] = []
        for record in records[..<half] {
            let start = clock.instant()
            sink.record(record)
            times.append(clock.instant() - start)
        }
        let median = times.sorted()[times.count / 2]
        found.require(median <= limit, "at-once", "a record took \(median) at the median, more than \(limit)")
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    for index in stride(from: half + lane, to: records.count, by: 4) { sink.record(records[index]) }
                }
            }
        }
        do {
            compare(try await kept(), with: records, &found)
        } catch {
            found.require(false, "read-back", "what was kept cannot be read: \(error)")
        }
        return found
    }

    private static func record(_ number: Int) -> TelemetryRecord {
        switch number % 3 {
        case 0: ExampleRecords.sparse(number)
        case 1: ExampleRecords.full(number)
        default: ExampleRecords.awkward(number)
        }
    }

    private static func compare(
        _ kept: [TelemetryRecord],
        with given: [TelemetryRecord],
        _ found: inout [ConformanceViolation]
    ) {
        let byID = Dictionary(grouping: kept, by: \.id)
        for record in given {
            let copies = byID[record.id] ?? []
            found.require(!copies.isEmpty, "every-record", "record \(record.id) is missing")
            found.require(copies.count <= 1, "once", "record \(record.id) is there \(copies.count) times")
            guard let copy = copies.first else { continue }
            found.require(copy == record, "as-it-was", "record \(record.id) came back with \(difference(copy, record))")
        }
        let known = Set(given.map(\.id))
        found.require(kept.allSatisfy { known.contains($0.id) }, "nothing-else", "a record is there that nobody gave")
    }

    /// The first key that differs, with what it holds and should hold.
    private static func difference(_ copy: TelemetryRecord, _ record: TelemetryRecord) -> String {
        let field = RecordField.all.first { $0.value(copy) != $0.value(record) }
        return field.map { "\($0.key) \($0.value(copy)), not \($0.value(record))" } ?? "a value that no key shows"
    }
}
