// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A table as data: what it says, not how it is drawn.
struct Table: Sendable {
    /// One column.
    struct Column: Sendable {
        enum Alignment: Sendable {
            case left
            case right
        }

        var title: String
        var alignment: Alignment
        /// How many columns of the terminal remain when space is short; nothing where the column is never cut.
        var minimumWidth: Int?
        /// Which columns go when space is short: the highest number first, 0 never.
        var expendability: Int

        static func text(_ title: String, atLeast minimum: Int? = nil, expendability: Int = 0) -> Column {
            Column(title: title, alignment: .left, minimumWidth: minimum, expendability: expendability)
        }

        static func number(_ title: String, expendability: Int = 0) -> Column {
            Column(title: title, alignment: .right, minimumWidth: nil, expendability: expendability)
        }
    }

    var columns: [Column]
    /// The cells of each row; nothing where a value is unknown.
    var rows: [[String?]] = []

    /// What stands for an unknown value.
    static let unknown = "-"

    /// The table without columns in which nothing is known in any row, where they can be spared.
    func droppingUnknownColumns() -> Table {
        let kept = columns.indices.filter { index in
            columns[index].expendability == 0 || rows.contains { $0[index] != nil }
        }
        return keeping(kept)
    }

    /// The lines of the table in a width, each without spaces at its end.
    func lines(width: Int?) -> [String] {
        let cells = rows.map { row in row.map { $0.map(DisplayText.harmless) ?? Self.unknown } }
        let natural = columns.indices.map { index in
            cells.map { DisplayText.width(of: $0[index]) }.reduce(DisplayText.width(of: columns[index].title), max)
        }
        let layout = TableLayout(columns: columns, natural: natural, width: width)
        return ([columns.map(\.title)] + cells).map { row in line(row, layout) }
    }

    private func line(_ row: [String], _ layout: TableLayout) -> String {
        var line = ""
        for (position, (index, width)) in layout.widths.enumerated() {
            if position > 0 { line += TableLayout.gap }
            let text = DisplayText.cut(row[index], to: width)
            let padding = String(repeating: " ", count: max(0, width - DisplayText.width(of: text)))
            line += columns[index].alignment == .left ? text + padding : padding + text
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private func keeping(_ kept: [Int]) -> Table {
        Table(columns: kept.map { columns[$0] }, rows: rows.map { row in kept.map { row[$0] } })
    }
}

/// Which columns are drawn, and how wide.
private struct TableLayout {
    private(set) var widths: [(index: Int, width: Int)]

    static let gap = "  "

    init(columns: [Table.Column], natural: [Int], width: Int?) {
        widths = columns.indices.map { ($0, natural[$0]) }
        guard let width else { return }
        var minimum = columns.indices.map { min(natural[$0], columns[$0].minimumWidth ?? natural[$0]) }
        while total(minimum) > width, let victim = mostExpendable(columns) {
            widths.removeAll { $0.index == victim }
            minimum[victim] = 0
        }
        shrink(to: width, minimum: minimum)
    }

    private var total: Int {
        widths.reduce(0) { $0 + $1.width } + Self.gap.count * max(0, widths.count - 1)
    }

    private func total(_ minimum: [Int]) -> Int {
        widths.reduce(0) { $0 + minimum[$1.index] } + Self.gap.count * max(0, widths.count - 1)
    }

    private func mostExpendable(_ columns: [Table.Column]) -> Int? {
        widths.map(\.index).filter { columns[$0].expendability > 0 }
            .max { (columns[$0].expendability, $0) < (columns[$1].expendability, $1) }
    }

    /// Takes columns off the widest that can give some, one at a time.
    private mutating func shrink(to width: Int, minimum: [Int]) {
        while total > width {
            let candidates = widths.indices.filter { widths[$0].width > minimum[widths[$0].index] }
            guard let widest = candidates.max(by: { widths[$0].width < widths[$1].width }) else { return }
            widths[widest].width -= 1
        }
    }
}
