// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Telemetry

/// Questions and answers, each answer followed by what it took.
struct Conversation<Engine: InferenceEngine> {
    private let engine: InstrumentedEngine<Engine>
    private let bus = EventBus()

    init(with engine: Engine) {
        self.engine = InstrumentedEngine(engine, bus: bus, tags: CallTags(agent: "chat")) {
            PriceBook().price(of: $0, usage: $1)
        }
    }

    func run() async throws {
        guard let model = try await engine.models().first?.id else {
            print("\(engine.identity.name) has no model.")
            return
        }
        print("\(model) at \(engine.identity.name). An empty line ends the chat.")
        try await withTelemetrySession(monitor: EnergyMonitorFactory.makeMonitor()) { session in
            try await bus.withSubscription { subscription in
                var messages: [InferenceMessage] = []
                while let line = ask(), !line.isEmpty {
                    messages.append(InferenceMessage(.user, line))
                    let request = InferenceRequest(model: model, messages: messages, maximumTokens: 256)
                    let (answer, sample) = try await session.measure { try await say(request) }
                    messages.append(InferenceMessage(.assistant, answer))
                    if let record = await subscription.nextRecord() { print("\n[\(Summary(record, sample))]") }
                }
            }
        }
    }

    private func ask() -> String? {
        print("> ", terminator: "")
        return readLine()
    }

    /// Prints an answer as it comes.
    private func say(_ request: InferenceRequest) async throws -> String {
        var answer = ""
        for try await chunk in try await engine.stream(request) {
            print(chunk.text, terminator: "")
            answer += chunk.text
        }
        return answer
    }
}

/// What one answer took; what is unknown is left out.
struct Summary: CustomStringConvertible {
    let description: String

    init(_ record: TelemetryRecord, _ sample: EnergySample) {
        let parts = [
            record.tokens.completion.map { "\($0) tokens" },
            record.timing.timeToFirstToken.map { "\(Int($0 / .milliseconds(1))) ms to the first" },
            record.tokensPerSecond.map { "\(Int($0)) a second" },
            sample.energy.map { "\($0.joules) J" },
            record.price.costUSD.map { "$\($0)" },
        ]
        description = parts.compactMap(\.self).joined(separator: ", ")
    }
}
