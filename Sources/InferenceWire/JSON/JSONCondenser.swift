// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Cuts a JSON body down, as its bytes come, to what can hold counts: an answer of any size fits in little memory.
///
/// What remains is a JSON object again. Strings are cut after 1,024 bytes; containers below the third level are
/// emptied; of arrays only the objects in them stay, the first 4,096. That leaves `choices`, `usage` with its details,
/// `timings`, and takes away texts, vectors, logarithms of probabilities. Faults in what is left out go unseen.
struct JSONCondenser: Sendable {
    private enum Phase {
        case before
        case inside
        case after
        case broken
    }

    private static let stringLimit = 1_024
    private static let levelLimit = 3
    private static let elementLimit = 4_096
    private static let outputLimit = 1 << 20

    private(set) var output: [UInt8] = []
    private var phase = Phase.before
    // The kept containers from outside in: whether each is an array, and how many elements were kept of it.
    private var levels: [(isArray: Bool, elements: Int)] = []
    // Open containers inside the one that is left out.
    private var skippedDepth = 0
    private var isInString = false
    private var keptOfString = 0
    // Bytes that still belong to an escape, and whether the next is the letter after the backslash.
    private var escapeLeft = 0
    private var awaitsLetter = false
    // An escape that was begun is kept whole, since half of one would break the text.
    private var isKeepingEscape = false

    /// Whether one whole object has come and nothing else.
    var isWhole: Bool { phase == .after }
    var isBroken: Bool { phase == .broken }
    /// Whether nothing has come.
    var isUntouched: Bool { phase == .before }

    /// Takes note of a whole object that another has read, after which nothing may follow.
    mutating func acceptWhole() {
        phase = .after
    }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count, phase != .broken {
            if isInString {
                position = feedString(bytes, from: position)
            } else {
                feedStructure(bytes[position])
                position += 1
            }
            if output.count > Self.outputLimit { phase = .broken }
        }
    }

    private var isKeeping: Bool {
        skippedDepth == 0 && levels.last?.isArray == false
    }

    private mutating func feedStructure(_ byte: UInt8) {
        switch phase {
        case .inside: feedInside(byte)
        case .before where byte == UInt8(ascii: "{"):
            phase = .inside
            open(byte)
        case .before, .after: if byte > 0x20 { phase = .broken }
        case .broken: break
        }
    }

    private mutating func feedInside(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            keptOfString = 0
            if isKeeping { output.append(byte) }
        case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): close(byte)
        case 0x20, 0x0A, 0x0D, 0x09: break
        default: if isKeeping { output.append(byte) }
        }
    }

    private mutating func open(_ byte: UInt8) {
        let isArray = byte == UInt8(ascii: "[")
        guard skippedDepth == 0 else {
            skippedDepth += 1
            return
        }
        if let parent = levels.indices.last, levels[parent].isArray {
            guard !isArray, levels[parent].elements < Self.elementLimit, levels.count < Self.levelLimit else {
                skippedDepth = 1
                return
            }
            if levels[parent].elements > 0 { output.append(UInt8(ascii: ",")) }
            levels[parent].elements += 1
        }
        output.append(byte)
        // Below the limit the brackets stay and hold nothing.
        if levels.count < Self.levelLimit { levels.append((isArray, 0)) } else { skippedDepth = 1 }
    }

    private mutating func close(_ byte: UInt8) {
        if skippedDepth > 0 {
            skippedDepth -= 1
            if isKeeping { output.append(byte) }
            return
        }
        guard levels.popLast()?.isArray == (byte == UInt8(ascii: "]")) else {
            phase = .broken
            return
        }
        output.append(byte)
        if levels.isEmpty { phase = .after }
    }

    // Inside a string; gives the position after what was taken.
    private mutating func feedString(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard escapeLeft == 0 else {
            feedEscape(bytes[start])
            return start + 1
        }
        let end = ByteScan.first(of: UInt8(ascii: "\""), or: UInt8(ascii: "\\"), in: bytes, from: start)
        keep(bytes[start..<end])
        guard end < bytes.count else { return end }
        if bytes[end] == UInt8(ascii: "\"") {
            isInString = false
            if isKeeping { output.append(UInt8(ascii: "\"")) }
        } else {
            beginEscape()
        }
        return end + 1
    }

    private mutating func keep(_ text: Slice<UnsafeRawBufferPointer>) {
        guard isKeeping, keptOfString < Self.stringLimit else { return }
        let kept = text.prefix(Self.stringLimit - keptOfString)
        output.append(contentsOf: kept)
        keptOfString += kept.count
    }

    private mutating func beginEscape() {
        escapeLeft = 1
        awaitsLetter = true
        isKeepingEscape = isKeeping && keptOfString < Self.stringLimit
        if isKeepingEscape { output.append(UInt8(ascii: "\\")) }
    }

    private mutating func feedEscape(_ byte: UInt8) {
        if isKeepingEscape {
            output.append(byte)
            keptOfString += 1
        }
        escapeLeft -= 1
        if awaitsLetter, byte == UInt8(ascii: "u") { escapeLeft = 4 }
        awaitsLetter = false
    }
}
