// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct SourceReadingTests {
    private func row(_ pairs: [(SourceColumn, SourceValue)], zero: SourceRow.Zero = .unknown) -> SourceRow {
        var values = SourceValues()
        for (column, value) in pairs { values[column] = value }
        return SourceRow(values, zero: zero)
    }

    private func refusal<Value>(_ body: () throws(SourceRow.Refusal) -> Value) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func zerosAreWhatTheRowOrTheColumnSays() throws {
        let seed = row([(.promptTokens, .integer(0)), (.ttft, .number(0))])
        #expect(try seed.count(.promptTokens) == nil)
        #expect(try seed.count(.promptTokens, zero: .itself) == 0)
        #expect(try seed.seconds(.ttft) == nil)
        let own = row([(.promptTokens, .integer(0)), (.ttft, .number(0))], zero: .itself)
        #expect(try own.count(.promptTokens) == 0)
        #expect(try own.seconds(.ttft) == .zero)
    }

    @Test func wholeNumbersMayBeWrittenAsOthers() throws {
        let row = row([
            (.promptTokens, .number(86)), (.completionTokens, .integer(.max)), (.chunkCount, .number(1e300)),
        ])
        #expect(try row.count(.promptTokens) == 86)
        #expect(try row.count(.completionTokens) == .max)
        #expect(
            refusal { () throws(SourceRow.Refusal) in try row.count(.chunkCount) } == "chunk_count is no whole number"
        )
    }

    @Test(arguments: [
        (SourceValue.bool(true), true), (.integer(1), true), (.number(1), true), (.bool(false), false),
        (.integer(0), false), (.null, false),
    ])
    func flagsMayBeNumbers(_ value: SourceValue, _ wanted: Bool) throws {
        #expect(try row([(.isWarmup, value)]).flag(.isWarmup) == wanted)
    }

    @Test(arguments: [
        (SourceValue.string("x"), "a text"), (.bool(true), "a truth value"), (.object("{}"), "an object"),
        (.array("[]"), "a list"),
    ])
    func wrongKindsAreNamed(_ value: SourceValue, _ kind: String) {
        let row = row([(.ttft, value)])
        #expect(refusal { () throws(SourceRow.Refusal) in try row.seconds(.ttft) } == "ttft is \(kind), not a number")
    }

    @Test func quantitiesHaveBounds() throws {
        func seconds(_ number: Double) -> String? {
            let row = row([(.ttft, .number(number))])
            return refusal { () throws(SourceRow.Refusal) in try row.seconds(.ttft) }
        }
        #expect(seconds(1e-9) == nil)
        #expect(seconds(1e12) == nil)
        #expect(seconds(9.9e-10) == "ttft is under 1e-9")
        #expect(seconds(1.1e12) == "ttft is over 1e12")
        #expect(seconds(-0.5) == "ttft is negative")
        #expect(seconds(.infinity) == "ttft is not finite")
        #expect(try row([(.tpotMs, .number(2.5))]).milliseconds(.tpotMs) == .microseconds(2_500))
    }

    @Test func metadataIsAnObjectOrTheTextOfOne() throws {
        #expect(try row([(.metadata, .object(#"{"a":1}"#))]).metadata(.metadata).json == #"{"a":1}"#)
        #expect(try row([(.metadata, .string(#"{"a":1}"#))]).metadata(.metadata).json == #"{"a":1}"#)
        #expect(try row([(.metadata, .string(""))]).metadata(.metadata).isEmpty)
        #expect(try row([(.metadata, .object("{ }"))]).metadata(.metadata).isEmpty)
        let broken = row([(.metadata, .string("{"))])
        #expect(refusal { () throws(SourceRow.Refusal) in try broken.metadata(.metadata) } != nil)
    }

    @Test(arguments: ["a\nb\n", "a\r\nb", "\u{FEFF}a\nb\n", "a\nb"])
    func linesEndAsTheyMay(_ text: String) throws {
        let directory = try TemporaryDirectory()
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory.path("lines")))
        var reader = try LineReader(path: directory.path("lines"))
        var lines: [String] = []
        while let line = try reader.next({ String(decoding: $0, as: UTF8.self) }) { lines.append(line) }
        #expect(lines == ["a", "b"])
        #expect(reader.line == 2)
    }

    @Test func longLinesCrossTheBuffer() throws {
        let directory = try TemporaryDirectory()
        let wanted = (0..<50).map { String(repeating: "\($0 % 10)", count: $0 * 20_000) }
        try Data(wanted.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: directory.path("lines")))
        var reader = try LineReader(path: directory.path("lines"))
        var lines: [String] = []
        while let line = try reader.next({ String(decoding: $0, as: UTF8.self) }) { lines.append(line) }
        #expect(lines == wanted)
    }

    @Test func aFileThatCannotBeReadIsSaid() {
        #expect(throws: TelemetryStoreError.self) { _ = try LineReader(path: "/no/such/file") }
    }

    @Test func identitiesFollowContentAndOccurrence() {
        func values(_ pairs: [(SourceColumn, SourceValue)]) -> SourceValues {
            var values = SourceValues()
            for (column, value) in pairs { values[column] = value }
            return values
        }
        let time = WallTime(microsecondsSinceEpoch: 1_748_000_017_609_168)
        let row = values([(.timestamp, .number(1.5)), (.modelId, .string("m"))])
        var one = SeedIdentity()
        var two = SeedIdentity()
        let first = one.identity(of: row, at: time)
        let second = one.identity(of: row, at: time)
        #expect(first != second)
        #expect(two.identity(of: row, at: time) == first)
        #expect(Array(first.description)[14] == "7")
        let numbered = values([(.timestamp, .number(1.5)), (.modelId, .string("m")), (.id, .integer(1))])
        #expect(one.identity(of: numbered, at: time) == two.identity(of: numbered, at: time))
        // Unknown is 0 is absent, and a whole number is one however it is written.
        let other = values([
            (.timestamp, .number(1.5)), (.modelId, .string("m")), (.ttft, .integer(0)), (.agent, .string("")),
            (.metadata, .object("{ }")),
        ])
        var three = SeedIdentity()
        #expect(three.identity(of: other, at: time) == first)
        let different = values([(.timestamp, .number(1.5)), (.modelId, .string("n"))])
        var four = SeedIdentity()
        #expect(four.identity(of: different, at: time) != first)
    }

    /// Every column moves the identity, wherever it stands.
    @Test func noColumnOfTheSeedIsLeftOutOfTheHash() {
        let time = WallTime(microsecondsSinceEpoch: 0)
        var seen: Set<RecordID> = []
        let seed = SourceColumn.allCases.filter { column in
            var values = SourceValues()
            values[column] = .number(0.125)
            var identity = SeedIdentity()
            return seen.insert(identity.identity(of: values, at: time)).inserted
        }
        // The one that stands for all columns that the seed does not have.
        #expect(seed.count >= 41)
    }

    @Test func aPrivateCopyGoesWithItsUse() throws {
        let directory = try TemporaryDirectory()
        let source = directory.path("source.db")
        try Data("main".utf8).write(to: URL(fileURLWithPath: source))
        try Data("log".utf8).write(to: URL(fileURLWithPath: source + "-wal"))
        func use() throws -> String {
            let copy = try PrivateCopy.make(of: source)
            #expect(try String(contentsOfFile: copy.path, encoding: .utf8) == "main")
            #expect(try String(contentsOfFile: copy.path + "-wal", encoding: .utf8) == "log")
            return copy.path
        }
        let path = try use()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: (path as NSString).deletingLastPathComponent))
    }

    @Test func pathsAreEscapedForURIs() {
        #expect(SeedDatabase.escaped("/a b/c?d#e%f") == "/a%20b/c%3fd%23e%25f")
    }
}
