// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import InferometerCommands

@Suite struct WrappingTests {
    @Test func sentencesBreakAtSpacesAndKeepTheirIndentation() {
        #expect(
            DisplayText.wrap("  All calls are simulated and say nothing.", width: 20) == [
                "  All calls are", "  simulated and say", "  nothing.",
            ]
        )
    }

    @Test(arguments: [nil, 80, 4])
    func whatFitsOrCannotFitIsLeft(_ width: Int?) {
        #expect(DisplayText.wrap("a short sentence", width: width) == ["a short sentence"])
    }

    @Test func aLongWordStandsAlone() {
        #expect(
            DisplayText.wrap("see /a/very/long/path/to/a.db now", width: 12) == [
                "see", "/a/very/long/path/to/a.db", "now",
            ]
        )
    }

    @Test func colourIsForTerminalsAlone() throws {
        #expect(try written(colour: false) { try $0.sentence("careful", isWarning: true) } == "careful\n")
        #expect(
            try written(colour: true) { try $0.sentence("careful", isWarning: true) } == "\u{1B}[33mcareful\u{1B}[0m\n"
        )
        #expect(try written(colour: true) { try $0.sentence("\u{1B}[2Jx") } == "\u{FFFD}[2Jx\n")
    }

    private func written(colour: Bool, _ body: (Output) throws -> Void) throws -> String {
        let sink = Sink()
        try body(Output(terminal: Terminal(width: 80, hasColour: colour, isInteractive: colour)) { sink.add($0) })
        return sink.text
    }
}

/// Keeps what is written.
private final class Sink: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func add(_ more: [UInt8]) {
        bytes.withLock { $0 += more }
    }

    var text: String {
        String(decoding: bytes.withLock { $0 }, as: UTF8.self)
    }
}
