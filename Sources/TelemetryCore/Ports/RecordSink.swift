// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Where finished records go.
///
/// A sink takes a record at once and never fails the caller: it is called between the engine and the client. What it
/// cannot keep it counts, logs and shows by its own means.
public protocol RecordSink: Sendable {
    /// Takes a record. Returns within microseconds, whatever the state of the disk.
    func record(_ record: TelemetryRecord)
}
