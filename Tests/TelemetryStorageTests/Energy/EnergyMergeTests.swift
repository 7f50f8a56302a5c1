// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Logging
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

/// Records and their energies brought together before either is written.
@Suite struct EnergyMergeTests {
    private let record = TelemetryRecord.call { $0.device.temperatureCelsius = 50 }.awaitingEnergy
    private let since = MonotonicInstant(nanoseconds: 1_000)

    private var waiting: WriterEntry {
        .record(RecordBox(record), precision: .measured, awaitsEnergySince: since)
    }

    private func energy(joules: Double, of id: RecordID? = nil) -> WriterEntry {
        var energy = CallEnergy()
        energy.total = .joules(joules)
        var use = DeviceUse()
        use.utilizationPercent = 90
        var price = CallPrice()
        price.carbonGrams = 2
        return .complete(id ?? record.id, energy, use, price)
    }

    @Test func aRecordTakesTheFirstEnergyThatCame() throws {
        let merge = EnergyMerge([waiting, energy(joules: 3), energy(joules: 4)], heldUntil: since)
        #expect(merge.ready.count == 1 && merge.held.isEmpty && merge.heldSince == nil)
        guard case .record(let box, .measured, nil) = merge.ready.first else {
            Issue.record("The record still waits.")
            return
        }
        #expect(box.record.energy.total == .joules(3))
        #expect(box.record.device.utilizationPercent == 90)
        #expect(box.record.device.temperatureCelsius == 50)
        #expect(box.record.price.carbonGrams == 2)
        #expect(box.record.id == record.id)
    }

    @Test func aRecordIsHeldUntilItHasWaitedLongEnough() {
        let early = EnergyMerge([waiting], heldUntil: MonotonicInstant(nanoseconds: 999))
        #expect(early.ready.isEmpty && early.held.count == 1 && early.heldSince == since)
        let late = EnergyMerge([waiting], heldUntil: since)
        #expect(late.ready.count == 1 && late.held.isEmpty)
        #expect(late.ready.first?.awaitsEnergy == true)
    }

    @Test func theEnergyOfACommittedRecordStaysAnEntry() {
        let other = RecordID(high: 7, low: 7)
        let merge = EnergyMerge(
            [waiting, energy(joules: 1, of: other), .power([])],
            heldUntil: MonotonicInstant(nanoseconds: 0)
        )
        #expect(merge.held.count == 1)
        #expect(merge.ready.count == 2)
        guard case .complete(other, _, _, _) = merge.ready.first else {
            Issue.record("The energy is gone.")
            return
        }
    }

    /// What waits for its energy fills no batch, is given back once, and is not lost count of.
    @Test func theBufferHoldsWhatWaits() {
        var buffer = RecordBuffer(limit: 100, batchSize: 2)
        let actions = (0..<3).map { _ in buffer.append(waiting) }
        #expect(actions == [.commitLater, .nothing, .nothing])
        #expect(buffer.append(energy(joules: 1)) == .nothing)
        #expect(buffer.append(energy(joules: 1)) == .commitNow)
        let taken = buffer.take()
        #expect(buffer.inFlight == 5)
        buffer.hold(Array(taken.prefix(2)), merged: 1)
        #expect(buffer.inFlight == 2 && buffer.entries.count == 2)
        // Its owner comes back by itself.
        #expect(buffer.append(waiting) == .nothing)
        buffer.settle(2)
        #expect(buffer.inFlight == 0 && buffer.entries.count == 3)
    }

    @Test func tooMuchThatWaitsIsCommittedWithoutIt() {
        var buffer = RecordBuffer(limit: 100, batchSize: 3)
        let actions = (0..<30).map { _ in buffer.append(waiting) }
        #expect(actions.firstIndex(of: .commitNow) == 29)
        #expect(buffer.isLarge)
    }

    /// The writer keeps a record back until the interval is over, and no longer.
    @Test func theWriterHoldsARecordForTheIntervalAtMost() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        var configuration = TelemetryStoreConfiguration()
        configuration.commitInterval = .seconds(3_600)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let writer = try StoreWriter(
            path: directory.path(),
            configuration: configuration,
            clock: clock.clock,
            logger: logger
        )
        let entry = WriterEntry.record(RecordBox(record), precision: .measured, awaitsEnergySince: clock.now)
        writer.append(entry)
        try writer.queue.sync { try writer.drain(holding: true) }
        #expect(writer.health.recorded == 0 && writer.health.buffered == 1)
        clock.advance(by: .seconds(3_601))
        try writer.queue.sync { try writer.drain(holding: true) }
        #expect(writer.health.recorded == 1 && writer.health.buffered == 0)
        writer.append(.record(RecordBox(.call(at: 5)), precision: .measured, awaitsEnergySince: clock.now))
        try await writer.flush()
        #expect(writer.health.recorded == 2 && writer.health.buffered == 0)
        try await writer.close()
    }
}
