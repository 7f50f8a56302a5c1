// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// The spans of time over which the accounts of energy are kept.
///
/// Minutes are what is measured; hours are their sums, written with them, so that a long window reads few rows and what
/// is left of pruned minutes stays.
enum AccountLevel: String, CaseIterable, Sendable {
    case minute
    case hour

    /// The table of this level.
    var table: String {
        "energy_\(rawValue)"
    }

    /// The length in microseconds.
    var length: Int64 {
        switch self {
        case .minute: 60_000_000
        case .hour: 3_600_000_000
        }
    }

    /// The start of the span that a time lies in.
    func start(of time: Int64) -> Int64 {
        SpanArithmetic.start(of: time, length: length)
    }
}

/// The columns of the accounts after their channel.
///
/// Energies are nanojoules and whole; `idle` and `foreign_work` are NULL where they are unknown. `gap` is microseconds.
enum AccountColumn: String, CaseIterable, Sendable {
    case measured, attributed, idle
    // FOREIGN alone is a word of SQL.
    case foreign = "foreign_work"
    case residual, gap

    /// Whether the account may be unknown.
    var isOptional: Bool {
        self == .idle || self == .foreign
    }

    /// The column's type and constraints.
    var declaration: String {
        isOptional ? "INTEGER" : "INTEGER NOT NULL"
    }

    /// What a row becomes when a part of the same span comes: the sum of what is known.
    var upsert: String {
        let sum = "\(rawValue) + excluded.\(rawValue)"
        return "\(rawValue) = " + (isOptional ? "coalesce(\(sum), \(rawValue), excluded.\(rawValue))" : sum)
    }
}

/// A channel as the text of a label.
enum ChannelLabel {
    private static let separator: Character = "\u{1F}"

    /// The text: vendor, domain and device, the one that may be long last.
    static func text(of channel: EnergyChannel) -> String {
        [channel.device.vendor.rawValue, channel.domain.rawValue, channel.device.identifier]
            .joined(separator: String(separator))
    }

    /// The accounts of a channel in which nothing is summed up yet; a label that stands for many has no parts.
    static func accounts(of text: String) -> ChannelAccounts {
        let parts = text.split(separator: separator, maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { return ChannelAccounts(vendor: text, device: text, domain: text) }
        return ChannelAccounts(vendor: parts[0], device: parts[2], domain: parts[1])
    }

    /// The channel; nothing if this release does not know its vendor or domain.
    static func channel(of text: String) -> EnergyChannel? {
        let parts = accounts(of: text)
        guard let vendor = EnergyVendor(rawValue: parts.vendor), let domain = EnergyDomain(rawValue: parts.domain)
        else { return nil }
        return EnergyChannel(device: EnergyDeviceID(vendor: vendor, identifier: parts.device), domain: domain)
    }
}
