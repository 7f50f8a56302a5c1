// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// Reads an answer as its bytes come: server-sent events, lines of JSON, or one JSON body.
package struct AnswerDecoder: Sendable {
    package private(set) var observation: InferenceObservation

    package init(
        route: MeteredRoute,
        request: RequestFacts,
        status: Int,
        contentType: String?,
        sentAt: MonotonicInstant
    ) {
        observation = InferenceObservation(sentAt: sentAt)
    }

    /// Takes de-chunked, decompressed bytes that arrived at an instant.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer, at instant: MonotonicInstant) {}

    /// Ends the answer.
    package mutating func finish(at instant: MonotonicInstant, cleanly: Bool) {
        observation.endedAt = instant
    }
}
