// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

/// What the parser makes of each option of each command.
@Suite struct MisuseTests {
    /// A command line, and what the person must be told.
    struct Case: Sendable, CustomTestStringConvertible {
        var line: String
        var says: String
        var testDescription: String { line }

        init(_ line: String, _ says: String) {
            self.line = line
            self.says = says
        }
    }

    private static let queries = [
        Case("list --limit -1", "--limit must not be negative"),
        Case("list --limit ten", "'ten' is invalid for '--limit <number>'"),
        Case("list --limit 1.5", "'1.5' is invalid"),
        Case("list --limit", "Missing value for '--limit <number>'"),
        Case("list --since yesterday", "'yesterday' is invalid for '--since <T>'"),
        Case("list --until 5x", "'5x' is invalid for '--until <T>'"),
        Case("list --since 1h --until 2h", "--until lies before --since"),
        Case("list --since 200 --until 100", "--until lies before --since"),
        Case("list --outcome great", "'completed', 'cancelled', 'truncated' or 'failed'"),
        Case("list --nonsense", "Unknown option '--nonsense'"),
        Case("list extra", "Unexpected argument 'extra'"),
        Case("list --limit 1 --limit", "Missing value"),
        Case("stats --by colour", "is invalid for '--by <by>'"),
        Case("stats --every minute", "'hour' and 'day'"),
        Case("stats --since 2 --until 1", "--until lies before --since"),
        Case("stats --limit 5", "Unknown option '--limit'"),
        Case("show", "Missing expected argument '<id>'"),
        Case("show not-an-id", "'not-an-id' is invalid for '<id>'"),
        Case("show 01 02", "Unexpected argument '02'"),
    ]

    private static let maintenance = [
        Case("export", "Missing expected argument '--format <format>'"),
        Case("export --format xml", "'json', 'jsonl' or 'csv'"),
        Case("export --format CSV", "'CSV' is invalid"),
        Case("export --format csv --since 2 --until 1", "--until lies before --since"),
        Case("import", "Missing expected argument '<file>'"),
        Case("import a b", "Unexpected argument 'b'"),
        Case("prune", "Say --older-than AGE or --max-size BYTES."),
        Case("prune --rollups --yes", "Say --older-than AGE or --max-size BYTES."),
        Case("prune --older-than 5", "'5' is invalid for '--older-than <age>'"),
        Case("prune --older-than 2026-01-01", "is invalid for '--older-than <age>'"),
        Case("prune --max-size big", "'big' is invalid for '--max-size <bytes>'"),
        Case("prune --max-size 5XB", "'5XB' is invalid"),
        Case("clear --force", "Unknown option '--force'"),
        Case("catalog --only colours", "'accelerators', 'models' or 'prices'"),
        Case("catalog --prices /nowhere/prices.json", "/nowhere/prices.json cannot be read"),
        Case("doctor extra", "Unexpected argument 'extra'"),
    ]

    private static let serving = [
        Case("serve --listen nowhere", "'nowhere' is invalid for '--listen <host:port>'"),
        Case("serve --listen 127.0.0.1:70000", "is invalid for '--listen <host:port>'"),
        Case("serve --listen ::1:80", "is invalid for '--listen <host:port>'"),
        Case("serve --upstream ftp://x", "its scheme is neither http nor https"),
        Case("serve --upstream http://user:key@h", "only host, port and path"),
        Case("serve --upstream a=", "host and port cannot be read"),
        Case("serve --grace soon", "'soon' is invalid for '--grace <seconds>'"),
        Case("serve --durability some", "'normal' and 'full'"),
        Case("serve --log-level loud", "is invalid for '--log-level"),
        Case("serve --idle none", "'amortised' and 'excluded'"),
        Case("serve --devices GPU-1", "'GPU-1' is invalid for '--devices <name=uuid,...>'"),
        Case("serve --slots a=0", "'a=0' is invalid for '--slots <name=n>'"),
        Case("serve --slots a=100001", "'a=100001' is invalid"),
        Case("serve --electricity 0.30", "'0.30' is invalid for '--electricity <price>'"),
        Case("serve --electricity 0,30EUR/kWh", "'0,30EUR/kWh' is invalid"),
        Case("serve --electricity 1e3/kWh", "'1e3/kWh' is invalid"),
        Case("serve --carbon much", "'much' is invalid for '--carbon <factor>'"),
        Case("try --upstream ftp://x", "its scheme is neither http nor https"),
        Case("try --listen x", "'x' is invalid for '--listen <host:port>'"),
        Case("try --simulate", "Unknown option '--simulate'"),
        Case("measure", "No command to measure"),
        Case("measure --json", "No command to measure"),
        Case("measure true", "No command to measure"),
        Case("measure --interval 0 -- true", "between 1 and 60000 milliseconds"),
        Case("measure --interval fast -- true", "'fast' is invalid for '--interval <ms>'"),
        Case("measure --baseline 0 -- true", "between 0.1 and 3600 seconds"),
        Case("measure --baseline nan -- true", "between 0.1 and 3600 seconds"),
        Case("measure --output x --csv x -- true", "the same file"),
        Case("frobnicate", "Unexpected argument 'frobnicate'"),
    ]

    @Test(arguments: queries + maintenance + serving)
    func itIsToldWhatIsWrong(_ misuse: Case) async throws {
        let world = try CommandWorld()
        let line = misuse.line.split(separator: " ").map(String.init)
        // What is not refused at once would serve until a signal.
        let outcome = ["serve", "try", "measure"].contains(line[0]) ? world.parse(line) : await world.run(line)
        #expect(outcome.code == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.message.contains(misuse.says), "\(outcome.message)")
        #expect(outcome.message.hasPrefix("Error: "))
    }

    @Test(arguments: [
        "list", "stats", "show 01", "export --format csv", "import x", "clear", "prune --older-than 1d", "doctor",
    ])
    func everyCommandOfTheStoreHearsItsOptions(_ line: String) async throws {
        let world = try CommandWorld()
        let line = line.split(separator: " ").map(String.init)
        let missing = await world.run(line + ["--config", world.path("none.json")])
        // What is imported is looked at first.
        if line[0] != "import" {
            #expect(missing.code == 64 && missing.message.contains("none.json cannot be read"), "\(missing.message)")
        }
        let nowhere = await world.run(line + ["--database", ""])
        if line[0] != "import" { #expect(nowhere.code == 64, "\(nowhere.message)") }
        let twice = await world.run(line + ["--database"])
        #expect(twice.code == 64 && twice.message.contains("Missing value for '--database <file>'"))
    }
}

/// The help of each command.
@Suite struct HelpTests {
    private static let commands = [
        "serve", "stats", "list", "show", "export", "import", "clear", "prune", "doctor", "try", "measure", "catalog",
    ]

    @Test func everyCommandIsNamed() async throws {
        let help = try await CommandWorld().run("--help")
        #expect(help.code == 0)
        for command in Self.commands { #expect(help.message.contains("\n  \(command) ")) }
        #expect(Inferometer.configuration.subcommands.count == Self.commands.count)
        #expect(try await CommandWorld().run("--version").message == "0.1.0")
        #expect(try await CommandWorld().run([]).code == 0)
    }

    @Test(arguments: commands)
    func itShowsExamplesThatThePersonCanType(_ command: String) async throws {
        let world = try CommandWorld()
        let help = await world.run(command, "--help")
        #expect(help.code == 0)
        #expect(await world.run("help", command).message == help.message)
        let examples = help.message.split(separator: "\n").filter { line in
            // What the page broke in two is no line to type.
            line.hasPrefix("  inferometer \(command)") && !line.hasSuffix("--upstream")
        }
        #expect(!examples.isEmpty)
        for example in examples {
            let line = example.split(separator: "|")[0].split(separator: " ").dropFirst().map(String.init)
                .filter { !$0.hasPrefix("2>") }
            // It must at least be understood: that a file is missing is found later.
            #expect(throws: Never.self, "\(example)") { try Inferometer.parseAsRoot(Array(line)) }
        }
    }

    @Test(arguments: commands)
    func everyOptionHasItsHelp(_ command: String) async throws {
        let lines = try await CommandWorld().run(command, "--help").message.split(separator: "\n").map(String.init)
        for (index, line) in lines.enumerated() where line.hasPrefix("  --") {
            let rest = line.dropFirst(2).split(separator: "  ", maxSplits: 1)
            let next = lines.indices.contains(index + 1) ? lines[index + 1] : ""
            #expect(rest.count == 2 || next.hasPrefix("       "), "\(command): \(line)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsNameCommandsAndOptions(_ shell: String) async throws {
        let outcome = try await CommandWorld().run("--generate-completion-script", shell)
        #expect(outcome.code == 0)
        for word in Self.commands + ["older-than", "observe-only", "baseline", "include-warmup"] {
            #expect(outcome.message.contains(word), "\(word)")
        }
    }
}
