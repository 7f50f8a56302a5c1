// Inferometer
// SPDX-License-Identifier: Apache-2.0

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
}
