// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryStorage

@Suite struct RecordBufferTests {
    private func entry(_ number: Int) -> WriterEntry {
        .record(RecordBox(.call(at: Double(number))), precision: .measured)
    }

    private func seconds(_ entries: some Collection<WriterEntry>) -> [Double] {
        entries.compactMap { entry in
            guard case .record(let box, _, _) = entry else { return nil }
            return box.record.timestamp.secondsSinceEpoch
        }
    }

    @Test func oneCommitIsAskedForAndAnUrgentOneWhenTheBatchIsFull() {
        var buffer = RecordBuffer(limit: 10, batchSize: 3)
        let actions = (0..<5).map { buffer.append(entry($0)) }
        #expect(actions == [.commitLater, .nothing, .commitNow, .nothing, .nothing])
        #expect(buffer.take().count == 5)
        #expect(buffer.take().isEmpty)
        #expect(buffer.append(entry(9)) == .commitLater)
    }

    /// The file was emptied before the retry of what it had not taken, which finds nothing and commits nothing.
    @Test func whatComesAfterFailedOnesWereThrownAwayAsksForACommit() {
        var buffer = RecordBuffer(limit: 10, batchSize: 3)
        _ = buffer.append(entry(0))
        buffer.giveBack(buffer.take())
        let discarded = buffer.discard()
        #expect(discarded.records == 1 && buffer.take().isEmpty)
        #expect(buffer.append(entry(1)) == .commitLater)
    }

    @Test func beyondTheLimitIsDroppedAndSaidOnce() {
        var buffer = RecordBuffer(limit: 2, batchSize: 100)
        let actions = (0..<4).map { buffer.append(entry($0)) }
        #expect(actions == [.commitLater, .nothing, .dropped(isFirst: true), .dropped(isFirst: false)])
        #expect(buffer.dropped == 2)
        buffer.settle(buffer.take().count)
        #expect(buffer.append(entry(5)) == .commitLater)
        #expect(buffer.append(entry(6)) == .nothing)
        #expect(buffer.append(entry(7)) == .dropped(isFirst: true))
    }

    @Test func whatFailedStandsBeforeWhatCameSince() {
        var buffer = RecordBuffer(limit: 4, batchSize: 100)
        for number in 0..<3 { _ = buffer.append(entry(number)) }
        let taken = buffer.take()
        #expect(buffer.inFlight == 3)
        for number in 3..<6 { _ = buffer.append(entry(number)) }
        // What is being committed takes room too.
        #expect(buffer.dropped == 2)
        buffer.giveBack(taken)
        #expect(seconds(buffer.entries) == [0, 1, 2, 3])
        #expect(buffer.inFlight == 0)
    }

    @Test func whileCommitsFailAppendsAskForNone() {
        var buffer = RecordBuffer(limit: 100, batchSize: 2)
        _ = buffer.append(entry(0))
        buffer.giveBack(buffer.take())
        #expect((1..<5).map { buffer.append(entry($0)) } == [.nothing, .nothing, .nothing, .nothing])
        #expect(buffer.take().count == 5)
        buffer.settle(5)
        #expect(buffer.inFlight == 0)
        #expect(buffer.append(entry(9)) == .commitLater)
    }

    @Test func aClosedBufferTakesNothing() {
        var buffer = RecordBuffer(limit: 10, batchSize: 2)
        let closings = [buffer.close(), buffer.close()]
        #expect(closings == [true, false])
        #expect(buffer.append(entry(0)) == .dropped(isFirst: true))
        #expect(buffer.dropped == 1)
    }

    @Test func discardingCountsRecordsAlone() {
        var buffer = RecordBuffer(limit: 10, batchSize: 20)
        _ = buffer.append(entry(0))
        _ = buffer.append(.complete(RecordID(high: 1, low: 1), CallEnergy(), DeviceUse(), CallPrice()))
        let discarded = buffer.discard()
        #expect(discarded.records == 1 && discarded.ofMachine == 0)
        #expect(buffer.entries.isEmpty)
    }

    @Test func pausesGrowToTheLongestAndBeginAnew() {
        var schedule = RetrySchedule()
        let pauses = (0..<5).map { _ in
            defer { schedule.pauseIsOver() }
            return schedule.nextPause(longest: .seconds(2))
        }
        #expect(pauses == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(2)])
        schedule.reset()
        #expect(schedule.nextPause(longest: .seconds(2)) == .milliseconds(250))
    }

    /// However many attempts fail meanwhile, one retry is on its way, or their number would grow with the time.
    @Test func oneRetryIsOnItsWay() {
        var schedule = RetrySchedule()
        #expect(!schedule.isWaiting)
        #expect(schedule.nextPause(longest: .seconds(2)) == .milliseconds(250))
        #expect(schedule.isWaiting)
        #expect(schedule.nextPause(longest: .seconds(2)) == nil)
        schedule.pauseIsOver()
        #expect(!schedule.isWaiting)
        #expect(schedule.nextPause(longest: .seconds(2)) == .milliseconds(500))
        // A success that somebody asked for: nobody need wait for the retry any more.
        schedule.reset()
        #expect(!schedule.isWaiting)
        #expect(schedule.nextPause(longest: .seconds(2)) == nil && schedule.isWaiting)
    }
}
