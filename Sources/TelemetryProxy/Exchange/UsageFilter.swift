// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire

/// Takes the usage event out of a stream's payload.
struct UsageFilter {
    private var filter = UsageEventFilter()

    /// Gives the bytes to pass on now.
    mutating func pass(_ bytes: UnsafeRawBufferPointer, _ write: (UnsafeRawBufferPointer) -> Void) {
        filter.pass(bytes).withUnsafeBytes(write)
    }

    /// Gives what is still held when the stream ends.
    mutating func finish(_ write: (UnsafeRawBufferPointer) -> Void) {
        filter.finish().withUnsafeBytes(write)
    }
}
