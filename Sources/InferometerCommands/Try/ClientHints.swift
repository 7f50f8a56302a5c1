// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What to set in a client so that its calls are recorded.
enum ClientHints {
    static func lines(url: String) -> [String] {
        [
            "Point a client at it, and each of its calls is recorded:",
            "  OPENAI_BASE_URL=\(url)/v1",
            "  ANTHROPIC_BASE_URL=\(url)",
            "  OLLAMA_HOST=\(url)",
        ]
    }

    /// Tells a person who starts `serve`, beside its log.
    static func writeToStandardError(url: String) throws {
        try FileBytes.write(Array((lines(url: url).joined(separator: "\n") + "\n").utf8), to: STDERR_FILENO)
    }
}
