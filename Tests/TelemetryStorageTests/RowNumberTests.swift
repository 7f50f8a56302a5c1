// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct RowNumberTests {
    @Test(arguments: [(Duration.nanoseconds(1_499), Int64(1)), (.nanoseconds(1_500), 2), (.seconds(3), 3_000_000)])
    func measuredTimesAreRoundedToTheirUnit(_ duration: Duration, _ wanted: Int64) {
        let number = RowNumber(duration, unit: RowNumber.microsecond, precision: .measured)
        #expect(number == .integer(wanted))
    }

    @Test func literalTimesAreWholeWhereTheyAreAndExactOtherwise() {
        func literal(_ duration: Duration) -> RowNumber? {
            RowNumber(duration, unit: RowNumber.microsecond, precision: .literal)
        }
        #expect(literal(.microseconds(47_684)) == .integer(47_684))
        // A decimal that came through a binary fraction is still whole.
        #expect(literal(.seconds(1.246_501)) == .integer(1_246_501))
        #expect(literal(.nanoseconds(1_500)) == .real(1.5))
        #expect(literal(.seconds(1_000_000_000_000)) == .integer(1_000_000_000_000_000_000))
    }

    @Test(arguments: [Duration.seconds(-1), .seconds(1_000_000_000_001), .seconds(Int64.max)])
    func timesThatCannotBeAreNothing(_ duration: Duration) {
        #expect(RowNumber(duration, unit: RowNumber.microsecond, precision: .literal) == nil)
        #expect(RowNumber(duration, unit: RowNumber.microsecond, precision: .measured) == nil)
    }

    @Test("Defect 34: energies beyond 64 bits of nanojoules stay floating")
    func energiesBeyond64BitsOfNanojoulesStayFloating() {
        #expect(RowNumber(.nanojoules(5), precision: .literal) == .integer(5))
        #expect(RowNumber(.joules(1e12), precision: .measured) == .real(1e21))
        #expect(RowNumber(.joules(2e12), precision: .measured) == nil)
        #expect(RowNumber(Energy?.none, precision: .measured) == nil)
        #expect(RowNumber(.joules(-1), precision: .measured) == nil)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -1, -0.5])
    func numbersThatCannotBeAreNothing(_ number: Double) {
        #expect(RowNumber(number) == nil)
        #expect(RowNumber(billionthsOf: number) == nil)
    }

    @Test func moneyIsCountedInBillionths() {
        #expect(RowNumber(billionthsOf: 0.000_123) == .integer(123_000))
        #expect(RowNumber(billionthsOf: 0) == .integer(0))
        #expect(RowNumber(billionthsOf: 1.5e-9) == .real(1.5))
        #expect(RowNumber(billionthsOf: 2e12) == nil)
    }

    @Test func countsAreNeverNegative() {
        #expect(RowNumber(count: 0) == .integer(0))
        #expect(RowNumber(count: .max) == .integer(.max))
        #expect(RowNumber(count: -1) == nil)
        #expect(RowNumber(count: nil) == nil)
    }

    @Test(arguments: [
        ("short", 5, "short"), ("abcdef", 5, "abcde"), ("ab\u{1F600}", 5, "ab"), ("ab\u{1F600}", 6, "ab\u{1F600}"),
        ("\u{E9}\u{E9}", 3, "\u{E9}"), ("\u{1F600}", 3, ""), ("", 3, ""),
    ])
    func textsAreCutBetweenCharacters(_ text: String, _ limit: Int, _ wanted: String) {
        #expect(text.cut(toBytes: limit) == wanted)
    }

    /// Databases know words by these numbers: a change here would change the meaning of files.
    @Test func wordsKeepTheirNumbers() {
        #expect(
            WordCodes.operations.map(\.rawValue) == [
                "chat", "completion", "embedding", "response", "message", "generate",
            ]
        )
        #expect(WordCodes.outcomes.map(\.rawValue) == ["completed", "cancelled", "truncated", "failed"])
        #expect(
            WordCodes.errorKinds.map(\.rawValue) == [
                "unreachable", "reset", "timeout", "http_4xx", "http_5xx", "engine_error", "malformed", "client_gone",
            ]
        )
        #expect(WordCodes.tokenSources.map(\.rawValue) == ["usage", "timings", "chunks"])
        #expect(Set(WordCodes.operations) == Set(InferenceOperation.allCases))
        #expect(Set(WordCodes.outcomes) == Set(CallOutcome.allCases))
        #expect(Set(WordCodes.errorKinds) == Set(CallErrorKind.allCases))
        #expect(Set(WordCodes.tokenSources) == Set(TokenSource.allCases))
        for outcome in CallOutcome.allCases {
            let code = WordCodes.code(of: outcome, in: WordCodes.outcomes)
            #expect(code > 0)
            #expect(WordCodes.word(code, in: WordCodes.outcomes) == outcome)
        }
        #expect(WordCodes.code(of: CallOutcome?.none, in: WordCodes.outcomes) == 0)
        #expect(WordCodes.word(0, in: WordCodes.outcomes) == nil)
        #expect(WordCodes.word(99, in: WordCodes.outcomes) == nil)
    }

    @Test func labelsKeepTheirNumbers() {
        #expect(LabelKind.allCases.map(\.rawValue) == Array(1...14))
        #expect(LabelKind.model.rawValue == 1 && LabelKind.session.rawValue == 5 && LabelKind.batch.rawValue == 6)
        #expect(LabelKind.allCases.filter(\.isUnbounded) == [.session, .batch])
    }

    @Test func devicesSurviveAsOneText() {
        #expect(DeviceList.text(of: []) == nil)
        #expect(DeviceList.devices(of: nil).isEmpty)
        let devices = ["GPU-1,2", "card 0"]
        #expect(DeviceList.devices(of: DeviceList.text(of: devices)) == devices)
    }
}
