// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Telemetry
import TelemetryTesting
import Testing

/// The everyday scope, by the one import that a program has.
@Suite struct EverydaySessionTests {
    private static let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    private struct Failure: Error, Equatable {}

    /// A machine that has nothing but the folders of a tree.
    private func access(_ tree: SysfsTree) -> HardwareAccess {
        var access = HardwareAccess()
        access.root = tree.root
        access.nvidiaLibraries = ["libno-such-library.so"]
        access.appleLibraries = ["libno-such-library.dylib"]
        return access
    }

    private func telemetry(_ sink: RecordingSink) -> CallTelemetry {
        var telemetry = CallTelemetry()
        telemetry.sink = sink
        return telemetry
    }

    private func engine() -> ClosureEngine {
        ClosureEngine(
            EngineIdentity(kind: EngineKind(rawValue: "fake"), name: "fake", isLocal: true),
            generate: { _ in InferenceResponse(text: "an answer") },
            stream: { _ in
                AsyncThrowingStream { source in
                    for text in ["an", " answer"] { source.yield(InferenceChunk(text: text)) }
                    source.finish()
                }
            }
        )
    }

    /// A machine without any sensor: the body runs, each call is recorded, and each says why it has no energy.
    @Test(.timeLimit(.minutes(1)))
    func withoutASensorCallsAreRecordedWithTheReason() async throws {
        let sink = RecordingSink()
        let tree = try SysfsTree()
        let text = try await withTelemetrySession(telemetry: telemetry(sink), access: access(tree)) { session in
            let engine = session.instrument(engine())
            var text = ""
            for try await chunk in try await engine.stream(Self.request) { text += chunk.text }
            _ = try await engine.generate(Self.request)
            return text
        }
        #expect(text == "an answer")
        #expect(sink.records.count == 2)
        for record in sink.records {
            #expect(record.result.outcome == .completed && record.energy.total == nil)
            let reason = record.energy.reason ?? ""
            // Another process of this machine may hold the meter's lock while this runs.
            #expect(reason == "no sensor" || reason.hasPrefix("metered by "), "\(reason)")
        }
        #expect(sink.records.contains { $0.identity.isStreaming && $0.timing.timeToFirstToken != nil })
    }

    /// A counter below the given root is found, and read from the first moment on.
    @Test(.timeLimit(.minutes(1)))
    func aCounterOfTheMachineIsFound() async throws {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 1_000_000)
        await withTelemetrySession(access: access(tree)) { session in
            #expect(session.sampler.health.map(\.sensor.channel.domain) == [.package])
            #expect(session.sampler.health.allSatisfy { $0.failure == nil })
            #expect(session.sampleCount > 0)
        }
    }

    /// What a counter of the machine moves on by is seen by the session, to the joule.
    ///
    /// The sensors were read once before the session began: a step after that is known to lie between two readings and
    /// no better, so that a window from the session's own start on has a part of it, and a bound that reaches the rest.
    @Test(.timeLimit(.minutes(1)))
    func joulesOfTheMachineAreSeen() async throws {
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 1_000_000)
        try await withTelemetrySession(access: access(tree)) { session in
            try tree.set(SysfsTree.powercapCounter("intel-rapl:0"), 6_000_000)
            let clock = ContinuousClock()
            let end = clock.now.advanced(by: .seconds(20))
            var whole: EnergyWindow?
            while clock.now < end, whole.map({ $0.energy.joules < 5 }) ?? true {
                whole = session.energy(in: session.startedAt.advanced(by: .seconds(-10))...session.now)
                await Task.yield()
            }
            #expect(whole?.energy == .nanojoules(5_000_000_000))
            let own = try #require(session.energy(in: session.startedAt...session.now))
            #expect(own.energy.joules > 0 && own.energy.joules <= 5)
            #expect(own.energy.joules + own.bound.joules >= 5)
        }
    }

    /// What the body throws comes out as it was, after the calls that were over have been recorded.
    @Test(.timeLimit(.minutes(1)))
    func aBodyThatFailsEndsTheSession() async throws {
        let sink = RecordingSink()
        let tree = try SysfsTree()
        await #expect(throws: Failure.self) {
            try await withTelemetrySession(telemetry: telemetry(sink), access: access(tree)) { session in
                _ = try await session.instrument(engine()).generate(Self.request)
                throw Failure()
            }
        }
        #expect(sink.records.count == 1 && sink.records.first?.energy.isPending == false)
    }

    /// Two sessions, one after the other, both work: the first let go of all that it held.
    @Test(.timeLimit(.minutes(1)))
    func sessionsFollowEachOther() async throws {
        let sink = RecordingSink()
        let tree = try SysfsTree()
        for _ in 0..<2 {
            try await withTelemetrySession(telemetry: telemetry(sink), access: access(tree)) { session in
                _ = try await session.instrument(engine()).generate(Self.request)
            }
        }
        #expect(sink.records.count == 2)
        #expect(Set(sink.records.map(\.energy.reason)).count == 1)
    }

    /// With no patience at all the body runs at once, with whatever was found.
    @Test(.timeLimit(.minutes(1)))
    func driversAreNotWaitedForBeyondPatience() async throws {
        let tree = try SysfsTree()
        let result = await withTelemetrySession(access: access(tree), patience: .zero) { _ in 7 }
        #expect(result == 7)
    }

    /// One import has every part that the documentation names.
    @Test func oneImportIsEnough() {
        #expect(ModelCatalog.specification(forModelNamed: "qwen3:8b") != nil)
        #expect(OllamaEngine().identity.kind == .ollama)
        #expect(EnergyMonitorFactory.makeMonitor(access: HardwareAccess()).pollInterval.active > .zero)
    }
}
