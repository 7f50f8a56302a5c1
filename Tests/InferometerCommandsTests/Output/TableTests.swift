// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import InferometerCommands

@Suite struct TableTests {
    private let table = Table(
        columns: [
            .text("MODEL", atLeast: 6),
            .number("CALLS"),
            .number("TTFT", expendability: 1),
            .text("ENGINE", expendability: 2),
        ],
        rows: [
            ["a-model-with-a-long-name", "3", "34 ms", "vllm"],
            ["b", "12,345", nil, "llama.cpp"],
        ]
    )

    @Test func numbersStandUnderEachOther() {
        #expect(
            table.lines(width: nil) == [
                "MODEL                      CALLS   TTFT  ENGINE",
                "a-model-with-a-long-name       3  34 ms  vllm",
                "b                         12,345      -  llama.cpp",
            ]
        )
    }

    @Test func textIsCutBeforeAColumnGoes() {
        #expect(
            table.lines(width: 40) == [
                "MODEL            CALLS   TTFT  ENGINE",
                "a-model-with-…       3  34 ms  vllm",
                "b               12,345      -  llama.cpp",
            ]
        )
    }

    @Test(arguments: 14...60)
    func noLineIsWiderThanTheTerminal(_ width: Int) {
        #expect(table.lines(width: width).allSatisfy { DisplayText.width(of: $0) <= width })
    }

    @Test func theMostExpendableColumnGoesFirst() {
        #expect(table.lines(width: 24)[0] == "MODEL       CALLS   TTFT")
        #expect(table.lines(width: 20)[0] == "MODEL          CALLS")
    }

    @Test func columnsOfNothingButUnknownsAreLeftOut() {
        var table = table
        table.rows = [["a", "1", nil, nil]]
        #expect(table.droppingUnknownColumns().columns.map(\.title) == ["MODEL", "CALLS"])
    }

    @Test func namesCannotSpeakToTheTerminal() {
        var table = table
        table.rows = [["\u{1B}[2Jx\ny\u{202E}\u{9B}z", "1", nil, nil]]
        let line = table.lines(width: nil)[1]
        #expect(
            line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value) }
        )
        #expect(!line.contains("\u{202E}"))
    }

    @Test(arguments: [("模型名称", 8), ("abc", 3), ("é", 1), ("", 0)])
    func wideCharactersTakeTwoColumns(_ text: String, _ width: Int) {
        #expect(DisplayText.width(of: text) == width)
    }

    @Test(arguments: [("模型名称", 5, "模型…"), ("abcdef", 4, "abc…"), ("abc", 3, "abc"), ("abc", 1, "…"), ("abc", 0, "")])
    func cutsFitTheirWidth(_ text: String, _ limit: Int, _ expected: String) {
        #expect(DisplayText.cut(text, to: limit) == expected)
    }
}
