// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import TelemetryCore

/// A sink that keeps what it is given.
public final class RecordingSink: RecordSink {
    private let kept = Mutex<[TelemetryRecord]>([])

    /// Creates an empty sink.
    public init() {}

    /// All records so far, in the order in which they came.
    public var records: [TelemetryRecord] {
        kept.withLock { $0 }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func record(_ record: TelemetryRecord) {
        kept.withLock { $0.append(record) }
    }
}
