// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import TelemetryCore

/// What `doctor` found.
struct DoctorReport: Sendable {
    var sensors: SensorReport
    var engines: [DiscoveredEngine]
    var store: StoreReport
    /// The running `serve`, if there is one at the usual address.
    var proxy: ProxyReport?

    /// The object for scripts.
    var json: JSONValue {
        .pairs([
            "sensors": sensors.json,
            "engines": .array(engines.map(Self.json)),
            "store": store.json,
            "proxy": proxy?.json ?? .null,
        ])
    }

    /// The sections for a person.
    func print(to output: Output) throws {
        try output.line(output.emphasised("Engines"))
        if engines.isEmpty {
            try output.sentence(
                "  None found on this machine. Start one, name one (serve --upstream URL), or try --simulate."
            )
        } else {
            try output.table(engineTable)
        }
        try section("Store", store.sentence, isWarning: store.problem != nil, output)
        try section("Proxy", proxySentence, isWarning: proxy.map { $0.counters.recordFailures > 0 } ?? false, output)
        for sentence in proxy?.counters.energy?.sentences ?? [] {
            try output.sentence("  " + sentence, isWarning: true)
        }
        try output.line()
        try output.line(output.emphasised("Energy sensors"))
        for sentence in sensors.sentences {
            // A driver's own words can be long, also where no terminal says how wide it is.
            let width = min(output.terminal.width ?? 100, 100)
            for (index, part) in DisplayText.wrap(DisplayText.harmless(sentence), width: width - 4).enumerated() {
                try output.line((index == 0 ? "  " : "    ") + part)
            }
        }
    }

    private func section(_ title: String, _ sentence: String, isWarning: Bool, _ output: Output) throws {
        try output.line()
        try output.line(output.emphasised(title))
        try output.sentence("  " + sentence, isWarning: isWarning)
    }

    private var engineTable: Table {
        var table = Table(columns: [
            .text("ENGINE"), .text("VERSION", expendability: 1), .text("ADDRESS"), .text("MODELS", atLeast: 10),
        ])
        table.rows = engines.map { engine in
            let models = engine.fingerprint.models
            return [
                engine.kind.rawValue, engine.fingerprint.version, engine.url,
                models.isEmpty ? nil : models.joined(separator: ", "),
            ]
        }
        return table.droppingUnknownColumns()
    }

    private var proxySentence: String {
        guard let proxy else { return "None is running at the usual address: start it with 'inferometer serve'." }
        let counters = proxy.counters
        let lost = counters.recordFailures > 0 ? "; \(counters.recordFailures) RECORDS WERE LOST, see its log" : ""
        return "\(proxy.url) has passed on \(counters.calls) calls, \(counters.callsInFlight) in flight\(lost)."
    }

    private static func json(_ engine: DiscoveredEngine) -> JSONValue {
        .pairs([
            "kind": .string(engine.kind.rawValue), "url": .string(engine.url),
            "version": .string(engine.fingerprint.version),
            "models": .array(engine.fingerprint.models.map(JSONValue.string)),
        ])
    }
}
