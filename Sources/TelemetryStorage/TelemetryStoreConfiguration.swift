// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a commit promises.
public enum StoreDurability: String, Sendable, Hashable, CaseIterable {
    /// A killed process loses at most the last commit interval; a power cut may lose more.
    case normal
    /// Whatever `flush()` has returned for is on disk, even after a power cut.
    case full
}

/// How a store writes.
public struct TelemetryStoreConfiguration: Sendable, Hashable {
    /// How long a record may wait to be committed with others.
    ///
    /// Defaults to 250 ms.
    public var commitInterval: Duration = .milliseconds(250)
    /// How many waiting records are committed at once, without waiting longer.
    ///
    /// Defaults to 1,000; at least 1.
    public var batchSize = 1_000
    /// How many records may wait while the disk does not take them; more are dropped and counted.
    ///
    /// Defaults to 50,000.
    public var bufferLimit = 50_000
    /// What a commit promises.
    ///
    /// Defaults to `normal`.
    public var durability: StoreDurability = .normal
    /// How long to wait for another process's write.
    ///
    /// Defaults to 5 s.
    public var busyTimeout: Duration = .seconds(5)
    /// The longest pause between attempts while commits fail.
    ///
    /// Defaults to 30 s.
    public var longestRetryPause: Duration = .seconds(30)

    /// The most pages that the file may grow to; absent for no limit but the disk's.
    package var pageLimit: Int?

    /// Creates the default configuration.
    public init() {}
}
