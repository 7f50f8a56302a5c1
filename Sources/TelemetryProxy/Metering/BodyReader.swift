// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Undoes the content coding of an answer for the record's copy; the client gets the engine's bytes.
enum BodyReader {
    /// No coding.
    case plain
    /// A coding that cannot be undone: the call is recorded without tokens.
    case opaque

    init(encoding: String?) {
        switch encoding?.lowercased() {
        case nil, "", "identity": self = .plain
        default: self = .opaque
        }
    }

    var isOpaque: Bool {
        if case .opaque = self { return true }
        return false
    }

    /// Gives the plain bytes; false if there is no way to them.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void) -> Bool {
        switch self {
        case .plain:
            consume(bytes)
            return true
        case .opaque:
            return true
        }
    }
}
