// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct DrawingTests {
    /// Tables of every shape: as many columns as digits, each digit its expendability.
    private func table(_ shape: String, cell: String) -> Table {
        var table = Table(
            columns: shape.enumerated().map { place, digit in
                let rank = digit.wholeNumberValue ?? 0
                return place.isMultiple(of: 2)
                    ? .text("T\(place)", atLeast: 5, expendability: rank) : .number("N\(place)", expendability: rank)
            }
        )
        table.rows = (0..<4).map { row in shape.indices.map { _ in row == 2 ? nil : String(cell.dropFirst(row)) } }
        return table
    }

    @Test(
        arguments: ["0", "00", "01", "012345", "543210", "101010", "0123456789"],
        [
            "x", "a longer cell", "模型的名称很长", "🔋🔋🔋🔋", "⚡️ fast", "🇩🇪🇫🇷",
        ]
    )
    func everyLineIsAsWideAsTheNext(_ shape: String, _ cell: String) {
        let table = table(shape, cell: cell)
        let natural = table.lines(width: nil)
        #expect(natural.count == 5)
        for width in 20...200 {
            let lines = table.lines(width: width)
            #expect(lines.count == 5)
            // Numbers are never cut, and a column of rank 0 never goes.
            let least = table.lines(width: 1).map { DisplayText.width(of: $0) }.max() ?? 0
            #expect(lines.allSatisfy { DisplayText.width(of: $0) <= max(width, least) }, "\(width)")
            if width >= (natural.map { DisplayText.width(of: $0) }.max() ?? 0) { #expect(lines == natural) }
        }
    }

    @Test func anUnknownCellIsADashOnItsOwnSide() {
        var table = Table(columns: [.text("NAME"), .number("COUNT"), .text("END")])
        table.rows = [[nil, nil, nil], ["abc", "1,000", "x"]]
        #expect(table.lines(width: nil) == ["NAME  COUNT  END", "-         -  -", "abc   1,000  x"])
    }

    @Test func anEmptyTableIsItsTitles() {
        let table = Table(columns: [.text("A"), .number("B", expendability: 1)])
        #expect(table.lines(width: nil) == ["A  B"])
        #expect(table.droppingUnknownColumns().lines(width: nil) == ["A"])
        #expect(Table(columns: []).lines(width: 10) == [""])
    }

    @Test func equalRanksGoFromTheRight() {
        let columns: [Table.Column] = ["A", "B", "C"].map { .number($0, expendability: 1) }
        let table = Table(columns: [.number("X")] + columns, rows: [["1111", "2222", "3333", "4444"]])
        #expect(table.lines(width: 20)[0] == "   X     A     B")
        #expect(table.lines(width: 11)[0] == "   X     A")
        #expect(table.lines(width: 3)[0] == "   X")
    }

    @Test(arguments: [
        ("a", 1), ("ä", 1), ("e\u{301}", 1), ("模", 2), ("ｗ", 2), ("한", 2), ("ｱ", 1), ("🔋", 2), ("🚀", 2), ("🟢", 2),
        ("⚡", 2), ("✅", 2), ("❌", 2), ("⭐", 2), ("⌚", 2), ("❤️", 2), ("❤", 1), ("🇩🇪", 2), ("1️⃣", 2), ("→", 1), ("½", 1),
        ("🤖", 2), ("🧠", 2), ("🪫", 2), ("〰", 2), ("…", 1), ("\u{FE0F}", 0), ("\u{301}", 0), ("👍🏽", 2), ("━", 1),
    ])
    func aCharacterTakesWhatATerminalGivesIt(_ text: String, _ width: Int) {
        #expect(DisplayText.width(of: text) == width)
    }

    @Test(arguments: 0...30)
    func aCutIsNeverWiderThanItsLimit(_ limit: Int) {
        for text in ["plain text of some length", "模型的名称很长很长很长", "a模b型c的d名e称f", "🇩🇪🇫🇷🇮🇹🇪🇸🇬🇧🇯🇵"] {
            let cut = DisplayText.cut(text, to: limit)
            #expect(DisplayText.width(of: cut) <= limit)
            #expect(cut == text || limit == 0 || cut.hasSuffix("…"))
            #expect(cut == text || text.hasPrefix(cut.dropLast()))
        }
    }

    @Test(arguments: 1...120)
    func wrappingLosesNoWord(_ width: Int) {
        let text = "    Calls of the engine 'simulated' are SIMULATED: their times and tokens are made up, 模型 and all."
        let lines = DisplayText.wrap(text, width: width)
        #expect(lines.flatMap { $0.split(separator: " ") } == text.split(separator: " "))
        let longest = text.split(separator: " ").map { DisplayText.width(of: String($0)) }.max() ?? 0
        if width > 12 {
            #expect(lines.allSatisfy { DisplayText.width(of: $0) <= max(width, longest + 4) })
            #expect(lines.allSatisfy { $0.hasPrefix("    ") && !$0.hasSuffix(" ") })
        }
    }

    @Test func whatATerminalObeysIsReplaced() {
        let evil = "\u{1B}[2J\u{7}\u{8}\r\n\t\u{7F}\u{9B}1m\u{200E}\u{202E}\u{2066}\u{2028}\u{2029}\u{FEFF}\u{200B}ok"
        let text = DisplayText.harmless(evil)
        #expect(text.unicodeScalars.filter { $0 == "\u{FFFD}" }.count == 15)
        #expect(text.hasSuffix("ok") && text.unicodeScalars.count == evil.unicodeScalars.count)
        for fine in ["", "plain", "模型", "é", "e\u{301}", "🔋", "'\"\\;$()"] {
            #expect(DisplayText.harmless(fine) == fine)
        }
    }
}

@Suite struct TerminalTests {
    @Test func columnsAreAWidthIfTheyAreANumber() {
        for (said, width) in [("80", 80), ("1", 1), ("100000", 100_000)] {
            #expect(Terminal.standardOutput(environment: ["COLUMNS": said]).width == width)
        }
        let plain = Terminal.standardOutput(environment: [:])
        for said in ["", "0", "-5", "wide", "8e1"] {
            #expect(Terminal.standardOutput(environment: ["COLUMNS": said]) == plain)
        }
    }

    @Test func aFileHasNeitherWidthNorColour() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("", to: "file")
        let descriptor = open(scratch.path + "/file", O_WRONLY)
        defer { close(descriptor) }
        #expect(Terminal.at(descriptor, environment: ["TERM": "xterm"]) == .none)
        #expect(Terminal.at(-1, environment: [:]) == .none)
    }

    /// What is asked is the very place that is written to, not standard output for all of them.
    @Test func aTerminalHasBoth() throws {
        let terminal = try PseudoTerminal(columns: 93)
        let plain = Terminal.at(terminal.descriptor, environment: [:])
        #expect(plain == Terminal(width: 93, hasColour: true, isInteractive: true))
        #expect(Terminal.at(terminal.descriptor, environment: ["COLUMNS": "40"]).width == 40)
        for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
            let terminal = Terminal.at(terminal.descriptor, environment: environment)
            #expect(!terminal.hasColour && terminal.isInteractive)
        }
        // By its convention an empty NO_COLOR says nothing.
        #expect(Terminal.at(terminal.descriptor, environment: ["NO_COLOR": "", "TERM": "xterm"]).hasColour)
    }

    @Test func bytesArriveWhole() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let page = Array(repeating: UInt8(ascii: "x"), count: 4_096)
        try FileBytes.write(page, to: ends[1])
        try FileBytes.write([], to: ends[1])
        close(ends[1])
        let reader = FileHandle(fileDescriptor: ends[0])
        #expect(try reader.readToEnd() == Data(page))
        close(ends[0])
        #expect {
            try FileBytes.write([1], to: ends[0])
        } throws: { "\($0)".hasPrefix("Cannot write: ") }
    }
}
