// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// What to remove from a database.
public struct PruneRequest: Sendable, Hashable {
    /// Removes the whole hours before this time; absent for no bound by age.
    public var before: WallTime?
    /// Removes the oldest whole hours until the file is no larger; absent for no bound by size.
    public var largestFileBytes: Int?
    /// Whether the roll-ups of those hours go too.
    ///
    /// Defaults to `false`: summaries of whole hours stay.
    public var includesRollups = false

    /// Creates a request that removes nothing.
    public init() {}
}

/// What pruning removed.
public struct PruneReport: Sendable, Hashable {
    /// Calls removed.
    public var calls = 0
    /// Minutes of energy accounts and seconds of power removed, for each channel.
    public var measurements = 0
    /// Rows of roll-ups removed, hours of energy accounts among them.
    public var rollups = 0
    /// The size of the file afterwards, in bytes.
    public var fileBytes = 0

    /// Creates the report of a pruning of nothing.
    public init() {}
}
