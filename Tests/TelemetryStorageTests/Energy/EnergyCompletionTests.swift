// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

/// What comes after a call's record: its energy, and what the devices did.
@Suite struct EnergyCompletionTests {
    private static var use: DeviceUse {
        var use = DeviceUse()
        use.utilizationPercent = 87.5
        use.memoryUsedGigabytes = 12.25
        use.temperatureCelsius = 61
        return use
    }

    private static var energy: CallEnergy {
        var energy = CallEnergy()
        energy.total = .joules(30)
        energy.dynamic = .joules(20)
        energy.idle = .joules(10)
        energy.bound = .joules(1)
        energy.prefill = .joules(12)
        energy.decode = .joules(18)
        energy.gpu = .joules(25)
        energy.cpu = .joules(5)
        energy.peakPower = .watts(312.5)
        energy.method = "hw_counter"
        energy.vendor = "nvidia"
        energy.sharing = "shared(3)"
        energy.devices = ["host"]
        return energy
    }

    @Test(arguments: [false, true])
    func everythingThatComesLateIsReadBack(_ isCommittedBefore: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let record = TelemetryRecord.call {
            $0.tokens.completion = 100
            $0.tokens.prompt = 20
            $0.timing.latency = .seconds(2)
            $0.energy = .pending
        }
        store.record(record.awaitingEnergy)
        if isCommittedBefore {
            try await store.flush()
            let waiting = try #require(try await store.record(record.id))
            #expect(waiting.energy.reason == "pending" && waiting.energy.isPending && waiting.energy.total == nil)
        }
        var price = CallPrice()
        price.electricityCost = 0.25
        price.carbonGrams = 3
        store.complete(record.id, energy: Self.energy, device: Self.use, price: price)
        store.complete(record.id, energy: CallEnergy(absent: "too late"), device: DeviceUse(), price: CallPrice())
        let found = try #require(try await store.record(record.id))
        #expect(found.energy == Self.energy)
        #expect(found.device == Self.use)
        #expect(found.price == price)
        let summary = try await TelemetryAggregator(path: directory.path()).summary()
        #expect(summary.totalEnergy == .joules(30))
        #expect(summary.averageGPUUtilizationPercent == Average(87.5, count: 1))
        #expect(try RollupAudit.differences(in: directory.path()).isEmpty)
    }

    @Test func whatTheRowHadAlreadyStaysAndIsCountedOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let record = TelemetryRecord.call {
            $0.device.utilizationPercent = 50
            $0.device.memoryUsedGigabytes = 3
            $0.tokenCountingVersion = 1
        }
        store.record(record.awaitingEnergy)
        var use = DeviceUse()
        use.temperatureCelsius = 70
        store.complete(record.id, energy: CallEnergy(absent: "no sensor"), device: use, price: CallPrice())
        let found = try #require(try await store.record(record.id))
        #expect(found.device.utilizationPercent == 50 && found.device.memoryUsedGigabytes == 3)
        #expect(found.device.temperatureCelsius == 70 && found.tokenCountingVersion == 1)
        #expect(found.energy.reason == "no sensor" && found.energy.total == nil)
        let summary = try await TelemetryAggregator(path: directory.path()).summary()
        #expect(summary.averageGPUUtilizationPercent == Average(50, count: 1))
        #expect(summary.totalEnergy == nil)
    }

    @Test func absentEnergyIsNoZeroInTheSums() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let records = (0..<3).map { number in
            TelemetryRecord.call(at: Double(number)) {
                $0.tokens.completion = 10
                $0.timing.latency = .seconds(1)
            }
        }
        for record in records { store.record(record.awaitingEnergy) }
        try await store.flush()
        let aggregator = TelemetryAggregator(path: directory.path())
        #expect(try await aggregator.summary().totalEnergy == nil)
        store.complete(records[0].id, energy: Self.energy, device: Self.use, price: CallPrice())
        store.complete(records[1].id, energy: CallEnergy(absent: "lost"), device: DeviceUse(), price: CallPrice())
        try await store.flush()
        let summary = try await aggregator.summary()
        #expect(summary.totalEnergy == .joules(30))
        #expect(summary.averageJoulesPerOutputToken == Average(3, count: 1))
        #expect(summary.averageTokensPerSecondPerWatt.count == 1)
        #expect(summary.totalPrefillEnergy == .joules(12))
        // One call still waits, and is final at last without energy.
        #expect(try await store.finalizePending(reason: "stopped") == 1)
        #expect(try await store.record(records[2].id)?.energy.reason == "stopped")
        #expect(try await aggregator.summary().totalEnergy == .joules(30))
    }

    /// A process that is started again at once finds calls that look like another's that works; they do not wait for
    /// ever, and its own are left alone.
    @Test(.timeLimit(.minutes(1)))
    func whoOpensTheFileAtOnceEndsTheWaitingLater() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let clock = ManualClock(wall: .seconds(1_000))
        let killed = TelemetryRecord.call(at: 999) { $0.timing.latency = .milliseconds(500) }
        let own = TelemetryRecord.call(at: 1_000) { $0.timing.latency = .milliseconds(500) }
        let first = try TelemetryStore.manual(path)
        first.record(killed.awaitingEnergy)
        try await first.flush()
        let writer = try StoreWriter(
            path: path,
            configuration: TelemetryStoreConfiguration(),
            clock: clock.clock,
            logger: .silent,
            abandonment: .seconds(1)
        )
        writer.append(.record(RecordBox(own.awaitingEnergy), precision: .measured, awaitsEnergySince: clock.now))
        try await writer.flush()
        while try await first.record(killed.id)?.energy.reason != "interrupted" { await Task.yield() }
        #expect(try await first.record(own.id)?.energy.reason != "interrupted")
        try await writer.close()
        try await first.close()
    }

    /// Its process was killed: whoever opens the file next makes the call final, but not one that may still be measured.
    @Test func whoOpensTheFileNextEndsTheWaiting() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path()
        let clock = ManualClock(wall: .seconds(1_000))
        let first = try TelemetryStore.manual(path)
        let old = TelemetryRecord.call(at: 930) { $0.timing.latency = .seconds(5) }
        let running = TelemetryRecord.call(at: 930) { $0.timing.latency = .seconds(30) }
        for record in [old, running] { first.record(record.awaitingEnergy) }
        try await first.flush()
        let second = try TelemetryStore(path: path, clock: clock.clock, logger: .silent)
        #expect(try await second.record(old.id)?.energy.reason == "interrupted")
        #expect(try await second.record(running.id)?.energy.reason != "interrupted")
        first.complete(running.id, energy: Self.energy, device: Self.use, price: CallPrice())
        first.complete(old.id, energy: Self.energy, device: Self.use, price: CallPrice())
        try await first.close()
        #expect(try await second.record(running.id)?.energy.total == .joules(30))
        #expect(try await second.record(old.id)?.energy.total == nil)
        #expect(try RollupAudit.differences(in: path).isEmpty)
        try await second.close()
    }
}
