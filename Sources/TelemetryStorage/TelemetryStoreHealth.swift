// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// How a store is doing: for `doctor`, logs and metrics.
public struct TelemetryStoreHealth: Sendable, Hashable {
    /// The database's path.
    public var path: String
    /// The version of its schema.
    public var schemaVersion: Int
    /// Records committed since the store was opened.
    public var recorded = 0
    /// Records that were there already and were left as they are.
    public var duplicates = 0
    /// Records, accounts and seconds of power waiting to be committed.
    public var buffered = 0
    /// Records lost: the buffer was full, the store closed, or the database refused that very row.
    public var dropped = 0
    /// Parts of energy accounts and seconds of power lost for the same reasons.
    public var droppedMeasurements = 0
    /// Commits that failed and were tried again.
    public var failedCommits = 0
    /// The last failure; absent once a commit has succeeded again.
    public var lastError: TelemetryStoreError?
    /// When that was.
    public var lastErrorAt: WallTime?
    /// The size of the database and its write-ahead log in bytes; absent where it cannot be told.
    public var fileBytes: Int?

    /// Creates the health of a store that has done nothing yet.
    public init(path: String, schemaVersion: Int) {
        self.path = path
        self.schemaVersion = schemaVersion
    }
}
