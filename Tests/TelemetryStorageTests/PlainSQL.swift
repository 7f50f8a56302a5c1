// Inferometer
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Asks a file by plain SQL, as another program would.
enum PlainSQL {
    /// The first value of an answer as text.
    static func text(_ sql: String, in path: String) throws -> String? {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchOne($0, sql: sql) }
    }

    /// The first value of an answer as a number.
    static func number(_ sql: String, in path: String) throws -> Double? {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try Double.fetchOne($0, sql: sql) }
    }

    /// Runs statements.
    static func run(_ sql: String, in path: String) throws {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    }
}
