// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A change to a request's bytes: what stands in `range` is replaced.
package struct RequestSplice: Sendable, Hashable {
    package var range: Range<Int>
    package var replacement: [UInt8]

    /// The splice that makes a streamed OpenAI chat or completion request ask for usage; nothing where it already
    /// does, is not streamed, is of another dialect, or cannot be read.
    package static func askingForUsage(body: UnsafeRawBufferPointer, route: MeteredRoute) -> RequestSplice? { nil }

    /// Whether an error answer (400 or 422) refuses the key that the splice added, by name.
    package static func isRefused(status: Int, body: UnsafeRawBufferPointer) -> Bool { false }
}
