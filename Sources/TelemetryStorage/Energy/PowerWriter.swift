// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Writes the history of power, inside a transaction.
struct PowerWriter {
    private let database: Database
    private let labels: LabelCache

    init(_ database: Database, labels: LabelCache) {
        self.database = database
        self.labels = labels
    }

    /// Keeps one second's power; what came for that second before is replaced.
    func add(_ power: ChannelPower) throws {
        guard let milliwatts = Self.milliwatts(power.power) else { return }
        let label = ChannelLabel.text(of: power.channel)
        guard let channel = try labels.number(of: label, .energyChannel, in: database) else { return }
        let insert = StatementBinder(statement: try database.cachedStatement(sql: Self.insert).sqliteStatement)
        insert.bind(Self.second(of: power.second), at: 1)
        insert.bind(channel, at: 2)
        insert.bind(milliwatts, at: 3)
        let code = insert.runOnce()
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Whole seconds since the epoch.
    static func second(of time: WallTime) -> Int64 {
        let (whole, rest) = time.microsecondsSinceEpoch.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? whole - 1 : whole
    }

    /// Nothing for what no device draws.
    private static func milliwatts(_ power: Power) -> Int64? {
        guard power.watts.isFinite, power.watts >= 0, power.watts < 1e12 else { return nil }
        return Int64((power.watts * 1e3).rounded())
    }

    private static let insert = "INSERT OR REPLACE INTO power_second (second, channel, milliwatts) VALUES (?, ?, ?)"
}

/// Removes power older than seven days: a little at a time, with commits that write power anyway.
struct PowerRetention {
    /// How long power is kept, in seconds.
    static let kept: Int64 = 7 * 86_400
    private static let pause: Int64 = 3_600
    /// The seconds that go at once.
    private static let batch: Int64 = 600
    private var next: Int64?

    /// Removes a batch if there is something old; then not again for an hour.
    ///
    /// The second that was written last tells the time.
    mutating func run(_ database: Database, newest: Int64) throws {
        // A clock that was set back by hours begins anew.
        if let next, newest < next, newest > next - 2 * Self.pause { return }
        let oldest = try Int64.fetchOne(database.cachedStatement(sql: "SELECT min(second) FROM power_second"))
        let cutoff = newest - Self.kept
        guard let oldest, oldest < cutoff else {
            next = newest + Self.pause
            return
        }
        let remove = try database.cachedStatement(sql: "DELETE FROM power_second WHERE second < ?")
        try remove.execute(arguments: [min(cutoff, oldest + Self.batch)])
    }

    /// The newest second of some entries' power.
    static func newest(_ powers: [ChannelPower]) -> Int64? {
        powers.lazy.map { PowerWriter.second(of: $0.second) }.max()
    }
}

/// Reads the history of power.
struct PowerReader {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// The mean power of each channel over steps of so many seconds, oldest first.
    func powers(in range: TimeRange, step: Int64) throws -> [ChannelPower] {
        guard !range.isEmpty else { return [] }
        let labels = LabelNames(database)
        let since = range.since.map { PowerWriter.second(of: $0.advanced(by: .microseconds(999_999))) } ?? .min
        let until = range.until.map(PowerWriter.second) ?? .max
        // Steps begin at whole multiples, before the epoch too.
        let start = "second - ((second % \(step)) + \(step)) % \(step)"
        let sql = """
            SELECT \(start) AS start, channel, avg(milliwatts) FROM power_second
            WHERE second >= ? AND second <= ? GROUP BY start, channel ORDER BY start, channel
            """
        var powers: [ChannelPower] = []
        try RowCursor(database, sql: sql, arguments: [since, until]).walk { statement in
            let row = StatementRow(statement: statement)
            guard let text = try labels.text(of: row.int(1)), let channel = ChannelLabel.channel(of: text),
                let milliwatts = row.double(2)
            else { return true }
            let second = WallTime(
                microsecondsSinceEpoch: row.int(0).multipliedReportingOverflow(by: 1_000_000).partialValue
            )
            powers.append(ChannelPower(second: second, channel: channel, power: .watts(milliwatts / 1e3)))
            return true
        }
        return powers
    }
}
