// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import TelemetryCore

/// Which calls a command is about.
struct FilterOptions: ParsableArguments {
    @OptionGroup
    var window: WindowOptions

    @Option(help: "Only calls to this model.")
    var model: String?

    @Option(help: "Only calls to this kind of engine, such as vllm.")
    var engine: String?

    @Option(help: "Only calls to this upstream.")
    var upstream: String?

    @Option(help: "Only calls of this agent.")
    var agent: String?

    @Option(help: "Only calls of this session.")
    var session: String?

    @Option(help: "Only calls of this batch.")
    var batch: String?

    @Option(help: "Only calls that ended so.")
    var outcome: CallOutcome?

    /// The filter at a given now.
    func filter(at now: WallTime) throws -> CallFilter {
        var filter = CallFilter(range: try window.range(at: now))
        filter.model = model
        filter.engine = engine.map { EngineKind(rawValue: $0) }
        filter.upstream = upstream
        filter.agent = agent
        filter.session = session
        filter.batch = batch
        filter.outcome = outcome
        return filter
    }
}

extension CallOutcome: ExpressibleByArgument {}
extension StatisticsGrouping: ExpressibleByArgument {}
extension StatisticsPeriod: ExpressibleByArgument {}
