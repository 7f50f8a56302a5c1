// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What went wrong with a database of calls, and what to do about it.
public struct TelemetryStoreError: Error, Sendable, Hashable {
    /// The kind of failure, as a bounded set that may grow.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case foreign, seed, newer, corrupt, missing, readOnly, locked, full, closed, unreadable, failed
        }

        private let name: Name

        private init(_ name: Name) {
            self.name = name
        }

        /// The file belongs to another program; it was not changed.
        public static let foreignFile = Code(.foreign)
        /// The file is the seed's own database, which must be imported; it was not changed.
        public static let seedFile = Code(.seed)
        /// The file was written by a newer release; it was not changed.
        public static let newerSchema = Code(.newer)
        /// The file is damaged or no database.
        public static let corrupt = Code(.corrupt)
        /// There is no such file.
        public static let missing = Code(.missing)
        /// The file or its directory cannot be written.
        public static let readOnly = Code(.readOnly)
        /// Another process held the file for too long.
        public static let locked = Code(.locked)
        /// The disk or the file's quota is full.
        public static let full = Code(.full)
        /// The store was closed.
        public static let closed = Code(.closed)
        /// The file cannot be read.
        public static let unreadable = Code(.unreadable)
        /// Something else failed; the message says what.
        public static let failed = Code(.failed)

        /// The kind's name, fit for a metric's label.
        public var description: String {
            name.rawValue
        }
    }

    /// The kind of failure.
    public var code: Code
    /// What failed, where, and what to do.
    public var message: String

    /// Creates an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}

extension TelemetryStoreError: CustomStringConvertible {
    /// The message.
    public var description: String {
        message
    }
}
