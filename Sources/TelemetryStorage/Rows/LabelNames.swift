// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The texts of labels, remembered while one question is answered.
final class LabelNames {
    private let database: Database
    private var texts: [Int64: String] = [:]

    init(_ database: Database) {
        self.database = database
    }

    /// The text of a label; nothing if there is none of that number.
    func text(of number: Int64) throws -> String? {
        if let text = texts[number] { return text }
        let select = try database.cachedStatement(sql: "SELECT text FROM label WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [number]) else { return nil }
        // Bounded, since sessions have no end.
        if texts.count >= 10_000 { texts.removeAll() }
        texts[number] = text
        return text
    }
}
