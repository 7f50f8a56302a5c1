// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Where the machine's energy went, for scripts and for people.
struct EnergyAccountsReport {
    let accounts: [ChannelAccounts]

    /// The keys that `stats --json` adds: the channels, and their sums; what was not measured is null.
    var members: [StatisticsValue.Member] {
        [
            .init("energy_accounts", .array(accounts.map { .object(Self.members(of: $0)) })),
            Self.member("measured_energy_joules", accounts.sum(of: \.measured)),
            Self.member("attributed_energy_joules", accounts.sum(of: \.attributed)),
            Self.member("idle_energy_joules", accounts.sum(of: \.idle)),
            Self.member("foreign_energy_joules", accounts.sum(of: \.foreign)),
            Self.member("residual_energy_joules", accounts.sum(of: \.residual)),
        ]
    }

    private static func members(of account: ChannelAccounts) -> [StatisticsValue.Member] {
        [
            .init("device", .value(.string(account.device))),
            .init("domain", .value(.string(account.domain))),
            .init("vendor", .value(.string(account.vendor))),
            member("measured_joules", account.measured),
            member("attributed_joules", account.attributed),
            member("idle_joules", account.idle),
            member("foreign_joules", account.foreign),
            member("residual_joules", account.residual),
            .init("gap_seconds", .value(.number(account.gap.seconds))),
        ]
    }

    private static func member(_ key: String, _ energy: Energy?) -> StatisticsValue.Member {
        .init(key, .value(energy.map { .number($0.joules) } ?? .null))
    }

    /// The table for a person: each channel, and all of them together.
    var table: Table {
        var table = Table(columns: [
            .text("DEVICE", atLeast: 8),
            .text("DOMAIN", expendability: 1),
            .number("MEASURED"),
            .number("CALLS"),
            .number("IDLE"),
            .number("FOREIGN"),
            .number("RESIDUAL"),
            .number("NOT METERED", expendability: 2),
        ])
        table.rows = accounts.map { account in
            [account.device, account.domain] + Self.cells(of: [account])
                + [account.gap > .zero ? HumanUnits.duration(account.gap) : nil]
        }
        if accounts.count > 1 { table.rows.append(["all", nil] + Self.cells(of: accounts) + [nil]) }
        return table.droppingUnknownColumns()
    }

    private static func cells(of accounts: [ChannelAccounts]) -> [String?] {
        [
            accounts.sum(of: \.measured), accounts.sum(of: \.attributed), accounts.sum(of: \.idle),
            accounts.sum(of: \.foreign), accounts.sum(of: \.residual),
        ].map { energy in energy.map { HumanUnits.joules($0.joules) } }
    }
}
