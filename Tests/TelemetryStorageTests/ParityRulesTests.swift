// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParitySupport

/// The comparison must be as strict as the folder's README, or a run of cases says nothing.
@Suite struct ParityRulesTests {
    private static let equal: [(ParityValue, ParityValue)] = [
        (ParityValue.integer(1), ParityValue.number(1)), (.bool(true), 1), (.bool(false), 0), (1e-13, 0),
        (100, 100.000_000_05), ("inf", .number(.infinity)), ("nan", .number(.nan)), (.null, ""), ([], .null),
        (.null, ["a": .null, "b": []]), (["a": 1, "b": .null], ["a": 1]),
    ]

    private static let different: [(ParityValue, ParityValue)] = [
        (ParityValue.null, ParityValue.integer(0)), (1, 1.01), (100, 100.000_001), ("a", "b"), ([1, 2], [2, 1]),
        ([1], [1, 2]), (["a": 1, "b": 2], ["a": 1]), (["a": .null], ["a": 0]), ("inf", "-inf"), (1e-11, 0),
    ]

    private func differences(_ answer: ParityValue, _ wanted: ParityValue, file: String = "x") -> [String] {
        ParityComparison(file: file).differences(answer, wanted)
    }

    @Test(arguments: equal)
    func equalValues(_ answer: ParityValue, _ wanted: ParityValue) {
        #expect(differences(answer, wanted).isEmpty)
        #expect(differences(wanted, answer).isEmpty)
    }

    @Test(arguments: different)
    func differentValues(_ answer: ParityValue, _ wanted: ParityValue) {
        #expect(!differences(answer, wanted).isEmpty)
        #expect(!differences(wanted, answer).isEmpty)
    }

    @Test func marksSaySomethingOnlyWhereTheyAreNotAsUsual() {
        #expect(differences(["complete": true, "suspect": false], [:]).isEmpty)
        #expect(!differences(["complete": false], [:]).isEmpty)
        #expect(!differences([:], ["partial": true]).isEmpty)
    }

    @Test func reasonsAreAnyTextWhereOneIsWanted() {
        #expect(differences(["reason": "mine"], ["reason": "theirs"]).isEmpty)
        #expect(!differences(["reason": "mine"], [:]).isEmpty)
        #expect(!differences([:], ["reason": "theirs"]).isEmpty)
    }

    @Test func eventsMayHaveOthersBetween() {
        #expect(differences(["events": ["a", "x", "b"]], ["events": ["a", "b"]]).isEmpty)
        #expect(!differences(["events": ["b", "a"]], ["events": ["a", "b"]]).isEmpty)
    }

    @Test func metadataIsComparedAsJSON() {
        #expect(differences(["metadata": #"{"a": 1}"#], ["metadata": ["a": 1]]).isEmpty)
        #expect(differences(["metadata": "{}"], ["metadata": .null]).isEmpty)
        #expect(!differences(["metadata": #"{"a": 2}"#], ["metadata": #"{"a": 1}"#]).isEmpty)
    }

    @Test func sumsOfNothingMayBeZeroInAggregatesAlone() {
        #expect(
            differences(["summary": ["total_cost": .null]], ["summary": ["total_cost": 0]], file: "aggregate").isEmpty
        )
        #expect(!differences(["summary": ["total_cost": .null]], ["summary": ["total_cost": 0]]).isEmpty)
        #expect(!differences(["summary": ["avg_ttft": 0]], ["summary": ["avg_ttft": .null]], file: "aggregate").isEmpty)
        let export: (ParityValue) -> ParityValue = { ["export_first": ["cost_usd": $0]] }
        #expect(differences(export(.null), export(0), file: "aggregate").isEmpty)
        let total: (ParityValue) -> ParityValue = { ["export_first": ["total_tokens": $0]] }
        #expect(!differences(total(.null), total(0), file: "aggregate").isEmpty)
    }

    private func parityCase(
        _ verdict: String,
        ours: ParityValue,
        expected: ParityValue,
        open: [ParityValue] = []
    ) throws
        -> ParityCase
    {
        try ParityCase([
            "name": "case", "input": [:], "expected": expected, "ours": ours, "verdict": .string(verdict),
            "open": .array(open),
        ])
    }

    private func fails(_ parityCase: ParityCase, _ answer: ParityAnswer) -> Bool {
        !ParityRunner(file: "x").judge(parityCase, answer).failures.isEmpty
    }

    @Test func verdictsDecide() throws {
        let same = try parityCase("same", ours: ["a": 1, "b": .null], expected: ["a": 1, "b": 0])
        #expect(!fails(same, .value(["a": 1])))
        #expect(fails(same, .value(["a": 1, "b": 0])))
        #expect(fails(same, .value(["a": 2])))
        let differs = try parityCase("differs", ours: ["a": 1], expected: ["a": 2])
        #expect(!fails(differs, .value(["a": 1])))
        #expect(fails(differs, .value(["a": 2])))
        #expect(fails(try parityCase("differs", ours: ["a": 1], expected: ["a": 1]), .value(["a": 1])))
        #expect(!fails(try parityCase("differs", ours: ["a": 1], expected: .null), .value(["a": 1])))
        let open = try parityCase("open", ours: ["a": 1], expected: ["a": 2])
        #expect(!fails(open, .value(["a": 3])))
        #expect(!ParityRunner(file: "x").judge(open, .value(["a": 3])).notes.isEmpty)
    }

    @Test func refusalsAreRightWhereNothingIsWanted() throws {
        #expect(!fails(try parityCase("differs", ours: ["error": "why"], expected: ["a": 1]), .refused("no")))
        #expect(!fails(try parityCase("differs", ours: ["error": "why"], expected: ["a": 1]), .value(["a": .null])))
        #expect(fails(try parityCase("differs", ours: ["error": "why"], expected: ["a": 2]), .value(["a": 1])))
        #expect(!fails(try parityCase("differs", ours: ["a": .null], expected: ["a": 1]), .refused("no")))
        #expect(fails(try parityCase("differs", ours: ["a": 1], expected: ["a": 2]), .refused("no")))
    }

    @Test func openPathsAreNotCompared() throws {
        let one = try parityCase("differs", ours: ["a": [["b": 1, "c": 1]]], expected: ["a": []], open: ["a.b"])
        #expect(!fails(one, .value(["a": [["b": 9, "c": 1]]])))
        #expect(fails(one, .value(["a": [["b": 1, "c": 9]]])))
    }

    @Test func everyNumberIsChangedOnce() throws {
        let same = try parityCase("same", ours: ["a": [1, 2], "b": 0], expected: ["a": [1, 2], "b": 0], open: [])
        #expect(ParityMutation.copies(of: same).map(\.path) == ["ours.a", "ours.a", "expected.a", "expected.a"])
        let differs = try parityCase("differs", ours: ["a": ["b": 1.5]], expected: ["a": 2], open: ["a.b"])
        #expect(ParityMutation.copies(of: differs).isEmpty)
    }

    @Test func casesThatDoNotDecodeFail() {
        #expect(throws: ParityError.self) { try ParityCase(["name": "x"]) }
        #expect(throws: ParityError.self) {
            try ParityCase(["name": "x", "verdict": "odd", "input": 1, "expected": 1, "ours": 1])
        }
        #expect(throws: (any Error).self) { try ParityFolder.current.cases(in: "no such file") }
    }
}
