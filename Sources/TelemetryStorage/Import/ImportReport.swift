// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What an import did.
public struct ImportReport: Sendable, Hashable {
    /// Rows that are new.
    public var added = 0
    /// Rows that were there already.
    public var skipped = 0
    /// Rows that cannot be right.
    public var refused = 0

    /// Creates the report of an import of nothing.
    public init() {}
}

/// A row that an import refused.
public struct ImportRefusal: Error, Sendable, Hashable {
    /// The line of the file, from 1 on; for a database the row's `id`.
    public var line: Int
    /// Why the row cannot be right.
    public var reason: String

    /// Creates a refusal.
    public init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}
