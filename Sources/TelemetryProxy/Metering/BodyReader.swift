// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Undoes the content coding of an answer for the record's copy; the client gets the engine's bytes.
enum BodyReader {
    /// No coding.
    case plain
    /// A coding that is undone as the bytes come.
    case deflated(Inflater)
    /// A coding that cannot be undone: the call is recorded without tokens.
    case opaque

    init(encoding: String?) {
        switch encoding?.lowercased() {
        case nil, "", "identity": self = .plain
        case "gzip", "x-gzip": self = .deflated(Inflater(isGzip: true))
        case "deflate": self = .deflated(Inflater(isGzip: false))
        default: self = .opaque
        }
    }

    /// Whether nothing can be read.
    var isOpaque: Bool {
        if case .opaque = self { return true }
        return false
    }

    /// Gives the plain bytes; what cannot be undone makes the rest opaque.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void) {
        switch self {
        case .plain: consume(bytes)
        case .deflated(var inflater):
            // Taken out of the case meanwhile, so that its buffers are not shared and copied.
            self = .opaque
            if (try? inflater.inflate(bytes, consume)) != nil { self = .deflated(inflater) }
        case .opaque: break
        }
    }
}
