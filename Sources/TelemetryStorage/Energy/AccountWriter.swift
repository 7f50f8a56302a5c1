// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Adds accounts to their minute and its hour, inside a transaction.
///
/// A minute may come in parts, from several processes too: they add up, and what is unknown in all of them stays so.
struct AccountWriter {
    private let database: Database
    private let labels: LabelCache

    init(_ database: Database, labels: LabelCache) {
        self.database = database
        self.labels = labels
    }

    func add(_ account: MinuteAccount) throws {
        let label = ChannelLabel.text(of: account.channel)
        guard let channel = try labels.number(of: label, .energyChannel, in: database) else { return }
        for level in AccountLevel.allCases {
            let start = level.start(of: account.minute.microsecondsSinceEpoch)
            try add(account.accounts, start: start, channel: channel, statement: Self.upserts[level, default: ""])
        }
    }

    private func add(_ accounts: EnergyAccounts, start: Int64, channel: Int64, statement: String) throws {
        let upsert = StatementBinder(statement: try database.cachedStatement(sql: statement).sqliteStatement)
        upsert.bind(start, at: 1)
        upsert.bind(channel, at: 2)
        for (index, column) in AccountColumn.allCases.enumerated() {
            upsert.bind(Self.value(of: column, in: accounts), at: Int32(index) + 3)
        }
        let code = upsert.runOnce()
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func value(of column: AccountColumn, in accounts: EnergyAccounts) -> Int64? {
        switch column {
        case .measured: accounts.measured
        case .attributed: accounts.attributed
        case .idle: accounts.isIdleKnown ? accounts.idle : nil
        case .foreign: accounts.isForeignKnown ? accounts.foreign : nil
        case .residual: accounts.residual
        case .gap: (accounts.gapNanoseconds + 500) / 1_000
        }
    }

    private static let upserts = Dictionary(
        uniqueKeysWithValues: AccountLevel.allCases.map { level in
            let columns = AccountColumn.allCases
            let places = repeatElement("?", count: columns.count + 2).joined(separator: ", ")
            return (
                level,
                """
                INSERT INTO \(level.table) VALUES (\(places))
                ON CONFLICT (start, channel) DO UPDATE SET \(columns.map(\.upsert).joined(separator: ", "))
                """
            )
        }
    )
}
