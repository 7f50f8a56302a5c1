// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

/// How a call's energy reaches its record, whatever takes the record.
@Suite struct CallEnergyRecordTests {
    private let clock = ManualClock()
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    private func stream() -> ScriptedEngine {
        ScriptedEngine(
            chunks: [.text("a", after: .milliseconds(100)), .text("b", after: .milliseconds(50))],
            clock: clock
        )
    }

    private func energy(_ joules: Double) -> CallEnergy {
        var energy = CallEnergy()
        energy.total = .joules(joules)
        return energy
    }

    @Test func theMeterHearsOfSendFirstTokenAndEnd() async throws {
        var telemetry = CallTelemetry()
        telemetry.clock = clock.clock
        telemetry.slots = ["fake": 4]
        let meter = StatedEnergyMeter(waiting: telemetry.waiting)
        telemetry.energy = meter
        let start = clock.now
        for try await _ in try await InstrumentedEngine(stream(), telemetry: telemetry).stream(request) {}
        let notices = meter.notices
        try #require(notices.count == 3)
        guard case .started(let id, start, promptBytes: 5, engine: "fake", isLocal: true, slots: 4) = notices[0] else {
            Issue.record("\(notices[0])")
            return
        }
        #expect(notices[1] == .firstToken(id, start.advanced(by: .milliseconds(100))))
        #expect(notices[2] == .ended(id, start.advanced(by: .milliseconds(150))))
    }

    @Test func aPlainSinkGetsTheRecordOnceAndWhole() async throws {
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let meter = StatedEnergyMeter(waiting: telemetry.waiting)
        telemetry.energy = meter
        _ = try await InstrumentedEngine(plain(), telemetry: telemetry).generate(request)
        #expect(sink.records.isEmpty)
        guard case .ended(let id, _) = meter.notices.last else { return }
        telemetry.waiting.complete([MeteredCall(id: id, energy: energy(2))])
        telemetry.waiting.complete([MeteredCall(id: id, energy: energy(3))])
        #expect(sink.records.map(\.energy.total) == [.joules(2)])
        #expect(telemetry.waiting.count == 0)
    }

    @Test func aCompletingSinkGetsTheRecordAtOnceAndItsEnergyLater() async throws {
        let sink = CompletingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        let listener = RecordingSink()
        telemetry.bus.attach(listener)
        telemetry.energy = StatedEnergyMeter(waiting: telemetry.waiting)
        _ = try await InstrumentedEngine(plain(), telemetry: telemetry).generate(request)
        let id = try #require(sink.records.first?.id)
        #expect(sink.records.first?.energy == .pending)
        #expect(listener.records.isEmpty)
        telemetry.waiting.complete([MeteredCall(id: id, energy: energy(2))])
        #expect(sink.completed[id]?.total == .joules(2))
        #expect(sink.records.count == 1)
        #expect(listener.records.map(\.energy.total) == [.joules(2)])
    }

    @Test func whatIsNotDeliveredIsMadeFinalWithTheReason() async throws {
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        telemetry.energy = StatedEnergyMeter(waiting: telemetry.waiting)
        let engine = InstrumentedEngine(plain(), telemetry: telemetry)
        _ = try await engine.generate(request)
        telemetry.waiting.close(reason: "stopped")
        _ = try await engine.generate(request)
        #expect(sink.records.map(\.energy) == [CallEnergy(absent: "stopped"), CallEnergy(absent: "stopped")])
    }

    @Test func aRemoteEngineHasNoShare() async throws {
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        telemetry.energy = StatedEnergyMeter(waiting: telemetry.waiting)
        var engine = plain()
        engine.identity.isLocal = false
        _ = try await InstrumentedEngine(engine, telemetry: telemetry).generate(request)
        #expect(sink.records.map(\.energy) == [CallEnergy(absent: "remote")])
    }

    @Test func aCallThatAProxyRecordedIsNotWaitedFor() async throws {
        var response = InferenceResponse(text: "x")
        response.recordedAs = RecordID(high: 1, low: 2)
        var telemetry = CallTelemetry()
        telemetry.energy = StatedEnergyMeter(waiting: telemetry.waiting)
        let engine = ScriptedEngine(response: response, takes: .zero, clock: clock)
        _ = try await InstrumentedEngine(engine, telemetry: telemetry).generate(request)
        #expect(telemetry.waiting.count == 0)
    }

    @Test func aPersonsOwnEngineCostsNothing() async throws {
        let sink = RecordingSink()
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        telemetry.price = { _, _ in
            Issue.record("asked for a price")
            return CallPrice()
        }
        _ = try await InstrumentedEngine(plain(), telemetry: telemetry).generate(request)
        #expect(sink.records.first?.price.costUSD == 0)
        #expect(sink.records.first?.price.source == "local")
        #expect(sink.records.first?.energy.reason == "not metered")
    }

    private func plain() -> ScriptedEngine {
        ScriptedEngine(response: InferenceResponse(text: "x"), takes: .milliseconds(10), clock: clock)
    }
}
