// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryExport
import Testing

@testable import InferometerCommands

@Suite struct EnergyAccountsReportTests {
    private static func account(_ device: String, domain: String = "card", idle: Int? = 3_000) -> ChannelAccounts {
        var account = ChannelAccounts(vendor: "nvidia", device: device, domain: domain)
        account.attributed = .nanojoules(12_345_000_000_001)
        account.idle = idle.map { .nanojoules($0 * 1_000_000_000) }
        account.residual = .nanojoules(2)
        account.measured = account.attributed + (account.idle ?? .zero) + account.residual
        return account
    }

    @Test func scriptsGetEachChannelAndTheSums() throws {
        var second = Self.account("GPU-2", idle: nil)
        second.foreign = .nanojoules(5)
        second.gap = .milliseconds(1_500)
        let object = try object([Self.account("GPU-1"), second])
        let accounts = try #require(object["energy_accounts"] as? [[String: Any]])
        #expect(accounts.map { $0["device"] as? String } == ["GPU-1", "GPU-2"])
        #expect(accounts.map { $0["domain"] as? String } == ["card", "card"])
        #expect(accounts[0]["attributed_joules"] as? Double == 12_345.000_000_001)
        #expect(accounts[0]["measured_joules"] as? Double == 15_345.000_000_003)
        #expect(accounts[0]["idle_joules"] as? Double == 3_000 && accounts[0]["foreign_joules"] is NSNull)
        #expect(accounts[1]["idle_joules"] is NSNull && accounts[1]["foreign_joules"] as? Double == 5e-9)
        #expect(accounts[1]["residual_joules"] as? Double == 2e-9 && accounts[1]["gap_seconds"] as? Double == 1.5)
        #expect(object["idle_energy_joules"] as? Double == 3_000)
        #expect(object["foreign_energy_joules"] as? Double == 5e-9)
        #expect(object["residual_energy_joules"] as? Double == 4e-9)
        #expect(object["attributed_energy_joules"] as? Double == 24_690.000_000_002)
        #expect(object["total_energy_joules"] is NSNull)
    }

    @Test func whatWasNotMeasuredIsNull() throws {
        let object = try object([])
        #expect((object["energy_accounts"] as? [Any])?.isEmpty == true)
        for key in ["idle", "foreign", "residual", "measured", "attributed"] {
            #expect(object["\(key)_energy_joules"] is NSNull)
        }
    }

    @Test func theTableFitsAndSaysWhatIsUnknown() throws {
        let long = "GPU-3fa85f64-5717-4562-b3fc-2c963f66afa6"
        var gap = Self.account(long, domain: "package")
        gap.gap = .seconds(3)
        let lines = EnergyAccountsReport(accounts: [Self.account(long), gap]).table.lines(width: 80)
        #expect(lines.count == 4 && lines.allSatisfy { $0.count <= 80 })
        #expect(lines[0].contains("MEASURED") && lines[0].contains("FOREIGN") && lines[0].contains("RESIDUAL"))
        #expect(lines[1].hasPrefix("GPU-3fa8") && lines[1].contains("15.3 kJ") && lines[1].contains("12.3 kJ"))
        #expect(lines[1].contains(" - "))
        #expect(lines[3].hasPrefix("all") && lines[3].contains("30.7 kJ"))
        let one = EnergyAccountsReport(accounts: [Self.account("GPU-1")]).table.lines(width: nil)
        #expect(one.count == 2 && !one[0].contains("NOT METERED"))
    }

    @Test func thePagesShowThemWithoutAnyCallToo() throws {
        var report = StatisticsReport(summary: AggregatedStatistics())
        #expect(try !text(report).contains("energy went"))
        report.energyAccounts = [Self.account("GPU-1")]
        let text = try text(report)
        #expect(text.contains("0 calls") && text.contains("energy went") && text.contains("GPU-1"))
    }

    private func object(_ accounts: [ChannelAccounts]) throws -> [String: Any] {
        var report = StatisticsReport(summary: AggregatedStatistics())
        report.energyAccounts = accounts
        var writer = JSONWriter()
        report.json.append(to: &writer)
        return try #require(try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any])
    }

    private func text(_ report: StatisticsReport) throws -> String {
        let sent = Sent()
        try report.print(
            to: Output(terminal: Terminal(width: 80, hasColour: false, isInteractive: false)) { sent.bytes += $0 }
        )
        return String(decoding: sent.bytes, as: UTF8.self)
    }

    /// What was written; used by one thread.
    private final class Sent: @unchecked Sendable {
        var bytes: [UInt8] = []
    }
}
