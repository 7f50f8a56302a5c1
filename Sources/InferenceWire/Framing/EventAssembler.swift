// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Puts lines together to events and hands their text on: server-sent events, or one JSON text a line.
///
/// Server-sent events as the standard has them (https://html.spec.whatwg.org/multipage/server-sent-events.html), save
/// that an event at the very end needs no empty line, because engines forget it.
struct EventAssembler: LineSink, Sendable {
    var state: AnswerState
    /// Whether each line is a JSON text.
    var isLinewise = false
    /// Whether the stream is over, so that what comes now may be cut.
    var isClosing = false
    /// Whether there has been any data.
    private(set) var hasSeenData = false

    private let limit: Int
    private var data: [UInt8] = []
    private var hasData = false
    private var isError = false
    private var isGivenUp = false

    init(limit: Int, state: AnswerState) {
        self.limit = limit
        self.state = state
    }

    /// Bytes kept of the event at hand.
    var heldBytes: Int { data.count }

    mutating func line(_ line: UnsafeRawBufferPointer) {
        if isLinewise {
            if line.contains(where: { $0 > 0x20 }) { handOn(line) }
        } else if line.isEmpty {
            dispatch()
        } else if ByteScan.matches("data", line, at: 0) {
            if let value = Self.value(of: line, after: 4) { add(value) }
        } else if ByteScan.matches("event", line, at: 0) {
            if let value = Self.value(of: line, after: 5), value.elementsEqual("error".utf8) { isError = true }
        } else if ByteScan.matches("error", line, at: 0), Self.value(of: line, after: 5) != nil {
            // The field that llama.cpp once invented for errors.
            state.markError()
        }
    }

    mutating func overlongLine() {
        giveUp()
    }

    /// Hands on what came last without an empty line.
    mutating func finish() {
        if !isLinewise { dispatch() }
    }

    // What follows the colon and one space; nothing where the field has no colon; nil for another, longer name.
    @inline(__always)
    private static func value(of line: UnsafeRawBufferPointer, after nameLength: Int) -> UnsafeRawBufferPointer? {
        guard line.count > nameLength else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard line[nameLength] == UInt8(ascii: ":") else { return nil }
        let start = nameLength + 1
        let hasSpace = line.count > start && line[start] == UInt8(ascii: " ")
        return UnsafeRawBufferPointer(rebasing: line[(hasSpace ? start + 1 : start)...])
    }

    @inline(__always)
    private mutating func add(_ value: UnsafeRawBufferPointer) {
        guard !isGivenUp, data.count + value.count < limit else { return giveUp() }
        if hasData { data.append(UInt8(ascii: "\n")) }
        hasData = true
        data.append(contentsOf: value.bindMemory(to: UInt8.self))
    }

    // The rest of the event is passed over.
    private mutating func giveUp() {
        isGivenUp = !isLinewise
        data = []
        state.markMalformed()
    }

    @inline(__always)
    private mutating func dispatch() {
        if isError { state.markError() }
        if !data.isEmpty, !isGivenUp { data.withUnsafeBytes { handOn($0) } }
        data.removeAll(keepingCapacity: data.capacity <= 1 << 16)
        hasData = false
        isError = false
        isGivenUp = false
    }

    @inline(__always)
    private mutating func handOn(_ text: UnsafeRawBufferPointer) {
        hasSeenData = true
        if !state.event(text), !isClosing { state.markMalformed() }
    }
}
