// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// The numbers of labels, remembered for one writing connection.
///
/// Used on the writer's queue alone. After another process removed labels, or a transaction that added some was rolled
/// back, it must be emptied.
final class LabelCache {
    private struct Key: Hashable {
        var kind: LabelKind
        var text: String
    }

    private var numbers: [Key: Int64] = [:]
    /// A few texts of each kind, found without hashing: successive calls mostly have the same ones.
    ///
    /// Unchecked, since one queue alone uses the cache, and ten checks a call are a twentieth of its insertion.
    @exclusivity(unchecked)
    private var recent = [(text: String, number: Int64)?](
        repeating: nil,
        count: (LabelKind.allCases.count + 1) * recentOfAKind
    )
    private static let recentOfAKind = 16
    private var generation: Int64?
    /// How many labels of a kind there are, counted at most once a transaction.
    private var counts: [LabelKind: Int] = [:]
    /// Sessions and batches have no end: beyond this many texts the memory is emptied rather than grown.
    private static let largestSize = 100_000
    private static let mostOfAKind = 10_000

    /// Empties the memory if labels were removed since the last transaction.
    func beginTransaction(_ database: Database) throws {
        let statement = try database.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'labels'")
        let present = try Int64.fetchOne(statement)
        if present != generation || numbers.count > Self.largestSize { removeAll() }
        generation = present
        counts.removeAll()
    }

    func removeAll() {
        numbers.removeAll()
        for index in recent.indices {
            recent[index] = nil
        }
    }

    /// The number of a text, which is cut and added where needed; nothing for no text or an empty one.
    func number(of text: String?, _ kind: LabelKind, in database: Database) throws -> Int64? {
        guard let text, !text.isEmpty else { return nil }
        let place = (text.utf8.count &* 5 &+ Int(text.utf8.last ?? 0)) & (Self.recentOfAKind - 1)
        let slot = Int(kind.rawValue) * Self.recentOfAKind + place
        if let found = recent[slot], found.text == text { return found.number }
        let number = try remembered(text, kind, database)
        recent[slot] = (text, number)
        return number
    }

    private func remembered(_ text: String, _ kind: LabelKind, _ database: Database) throws -> Int64 {
        let key = Key(kind: kind, text: text)
        if let number = numbers[key] { return number }
        let number = try find(text.cut(toBytes: kind.longestText), kind, database)
        numbers[key] = number
        return number
    }

    private func find(_ text: String, _ kind: LabelKind, _ database: Database) throws -> Int64 {
        if let number = try Self.lookUp(text, kind, in: database) { return number }
        if !kind.isUnbounded, text != "other", try isFull(kind, database) {
            return try find("other", kind, database)
        }
        let insert = try database.cachedStatement(sql: "INSERT INTO label (kind, text) VALUES (?, ?)")
        try insert.execute(arguments: [kind.rawValue, text])
        counts[kind]? += 1
        return database.lastInsertedRowID
    }

    private func isFull(_ kind: LabelKind, _ database: Database) throws -> Bool {
        if let count = counts[kind] { return count >= Self.mostOfAKind }
        let select = try database.cachedStatement(sql: "SELECT count(*) FROM label WHERE kind = ?")
        let count = try Int.fetchOne(select, arguments: [kind.rawValue]) ?? 0
        counts[kind] = count
        return count >= Self.mostOfAKind
    }

    /// The number of a text that is there already.
    static func lookUp(_ text: String, _ kind: LabelKind, in database: Database) throws -> Int64? {
        let select = try database.cachedStatement(sql: "SELECT id FROM label WHERE kind = ? AND text = ?")
        return try Int64.fetchOne(select, arguments: [kind.rawValue, text])
    }
}

extension String {
    /// The longest beginning of whole characters that is at most so many bytes.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
            end = utf8.index(before: end)
        }
        return String(self[..<end])
    }
}
