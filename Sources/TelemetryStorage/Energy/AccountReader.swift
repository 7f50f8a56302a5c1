// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite
internal import TelemetryCore

/// Sums accounts up over the whole minutes of a window.
struct AccountReader {
    private let database: Database
    private let labels: LabelNames

    init(_ database: Database) {
        self.database = database
        labels = LabelNames(database)
    }

    /// The accounts of each channel, by vendor, device and domain.
    func accounts(in range: TimeRange) throws -> [ChannelAccounts] {
        let plan = WindowPlan(range, coarsest: .hour)
        var sums: [Int64: ChannelAccounts] = [:]
        for span in plan.hours { try add(.hour, span, to: &sums) }
        for span in plan.rows { try add(.minute, Self.wholeMinutes(of: span), to: &sums) }
        return sums.values.sorted {
            ($0.vendor, $0.device, $0.domain) < ($1.vendor, $1.device, $1.domain)
        }
    }

    /// The minutes that lie in a span from their start to their end.
    static func wholeMinutes(of span: WindowPlan.Span) -> WindowPlan.Span {
        let level = AccountLevel.minute
        var whole = span
        if span.start != .min { whole.start = SpanArithmetic.ceiling(of: span.start, length: level.length) }
        if span.end != .max { whole.end = level.start(of: span.end) }
        return whole
    }

    private func add(_ level: AccountLevel, _ span: WindowPlan.Span, to sums: inout [Int64: ChannelAccounts]) throws {
        guard span.start < span.end else { return }
        let sql = Self.select(level)
        try RowCursor(database, sql: sql, arguments: [span.start, span.end]).walk { statement in
            let row = AccountSums(StatementRow(statement: statement))
            let channel = row.channel
            let text = try labels.text(of: channel) ?? "\(channel)"
            row.add(to: &sums[channel, default: ChannelLabel.accounts(of: text)])
            return true
        }
    }

    /// A sum of nanojoules in two halves, neither of which can pass 63 bits: SQLite's own sum would.
    private static func select(_ level: AccountLevel) -> String {
        let sums = AccountColumn.allCases.map { column in
            "sum(\(column.rawValue) >> \(AccountSums.lowBits)), sum(\(column.rawValue) & \(AccountSums.lowMask))"
        }
        return """
            SELECT channel, \(sums.joined(separator: ", ")) FROM \(level.table)
            WHERE start >= ? AND start < ? GROUP BY channel
            """
    }
}

/// The sums of one channel in a statement's present row.
private struct AccountSums {
    private let row: StatementRow

    static let lowBits = 30
    static let lowMask = 1 << lowBits - 1

    init(_ row: StatementRow) {
        self.row = row
    }

    var channel: Int64 {
        row.int(0)
    }

    func add(to accounts: inout ChannelAccounts) {
        accounts.measured = accounts.measured + (energy(.measured) ?? .zero)
        accounts.attributed = accounts.attributed + (energy(.attributed) ?? .zero)
        accounts.residual = accounts.residual + (energy(.residual) ?? .zero)
        if let idle = energy(.idle) { accounts.idle = (accounts.idle ?? .zero) + idle }
        if let foreign = energy(.foreign) { accounts.foreign = (accounts.foreign ?? .zero) + foreign }
        accounts.gap += .microseconds(Int64(clamping: sum(.gap) ?? 0))
    }

    private func energy(_ column: AccountColumn) -> Energy? {
        sum(column).map(Energy.nanojoules)
    }

    private func sum(_ column: AccountColumn) -> Int128? {
        let place = Int32(AccountColumn.allCases.firstIndex(of: column) ?? 0) * 2 + 1
        guard let high = row.optionalInt(place) else { return nil }
        return Int128(high) << Int128(Self.lowBits) + Int128(row.int(place + 1))
    }
}
