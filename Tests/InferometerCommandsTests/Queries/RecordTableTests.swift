// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite struct RecordTableTests {
    private static let now = WallTime(microsecondsSinceEpoch: 1_800_000_000_000_000)

    @Test func aWideTerminalShowsAllThatIsKnown() {
        let table = RecordTable([streamed, failed], time: .relative(to: Self.now)).table
        #expect(
            table.lines(width: nil) == [
                "WHEN     ID             MODEL  ENGINE     OPERATION  OUTCOME               IN  OUT   TTFT  LATENCY  TOK/S  COST",
                "2h ago   018bcfe5-6800  tiny   llama.cpp  chat       completed             12  200  34 ms   1.50 s    133    $0",
                "10m ago  018bcfe5-6801  gpt    openai     chat       failed (unreachable)   -    -      -   2.0 ms      -     -",
            ]
        )
    }

    @Test(arguments: [200, 120, 100, 80, 60, 40])
    func itFitsTheTerminalAndKeepsWhatShowNeeds(_ width: Int) {
        let lines = RecordTable([streamed, failed], time: .iso8601).table.lines(width: width)
        #expect(lines.allSatisfy { DisplayText.width(of: $0) <= max(width, 60) })
        if width >= 80 {
            #expect(lines[0].contains("ID") && lines[0].contains("MODEL") && lines[0].contains("LATENCY"))
        }
    }

    @Test func simulatedCallsAreNeverShownWithoutSayingSo() {
        var record = streamed
        record.identity.engine = .simulated
        let table = RecordTable([record, failed], time: .iso8601)
        #expect(table.simulationNote?.contains("SIMULATED") == true)
        #expect(table.table.lines(width: 40)[0].contains("ENGINE"))
        #expect(RecordTable([failed], time: .iso8601).simulationNote == nil)
    }

    @Test func beginningsTellTheRowsApart() {
        #expect(RecordTable.uniquePrefixLength(["018bcfe5-6800-7abc", "018bcfe5-6801-7abc"]) == 14)
        #expect(RecordTable.uniquePrefixLength(["018bcfe5-6800-7abc"]) == 13)
        #expect(RecordTable.uniquePrefixLength([]) == 13)
    }

    @Test(arguments: [
        ("0", "00000000-0000-0000-0000-000000000000"), ("018BCFE5-68", "018bcfe5-6800-0000-0000-000000000000"),
    ])
    func aBeginningIsARange(_ text: String, _ first: String) throws {
        let prefix = try #require(RecordPrefix(argument: text))
        #expect(prefix.range.lowerBound.description == first)
        #expect(prefix.range.upperBound.description.hasSuffix("ffff-ffffffffffff"))
    }

    @Test(arguments: ["", "xyz", "018bcfe56800", "018bcfe5-6800-7abc-8000-0000000000012", "-"])
    func whatIsNoIdentityIsRefused(_ text: String) {
        #expect(RecordPrefix(argument: text) == nil)
    }

    private var streamed: TelemetryRecord {
        var record = TelemetryRecord(
            id: RecordID(high: 0x018B_CFE5_6800_7ABC, low: 0x8000_0000_0000_0001),
            timestamp: Self.now.advanced(by: .seconds(-7_300))
        )
        record.identity.model = "tiny"
        record.identity.engine = .llamaCpp
        record.identity.operation = .chat
        record.result.outcome = .completed
        record.tokens.prompt = 12
        record.tokens.completion = 200
        record.timing.latency = .milliseconds(1_500)
        record.timing.timeToFirstToken = .milliseconds(34)
        record.price.costUSD = 0
        return record
    }

    private var failed: TelemetryRecord {
        var record = TelemetryRecord(
            id: RecordID(high: 0x018B_CFE5_6801_7ABC, low: 0x8000_0000_0000_0002),
            timestamp: Self.now.advanced(by: .seconds(-600))
        )
        record.identity.requestedModel = "gpt"
        record.identity.engine = .openAI
        record.identity.operation = .chat
        record.result.outcome = .failed
        record.result.errorKind = .unreachable
        record.timing.latency = .milliseconds(2)
        return record
    }
}
