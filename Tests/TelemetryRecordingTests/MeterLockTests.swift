// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryRecording
import Testing

@Suite struct MeterLockTests {
    private func path() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("meter-\(UUID().uuidString).lock").path
    }

    @Test func oneProcessMetersAtATime() throws {
        let path = path()
        defer { unlink(path) }
        let first = MeterLock.acquire(path: path)
        #expect(first.role == .meter)
        #expect(first.lock != nil)
        // Another descriptor of the same process is refused like one of another process.
        let second = MeterLock.acquire(path: path)
        #expect(second.role == .meteredBy(getpid()))
        #expect(second.lock == nil)
        first.lock?.release()
        first.lock?.release()
        #expect(MeterLock.acquire(path: path).role == .meter)
    }

    @Test func aFileLeftBehindLocksNobodyOut() throws {
        let path = path()
        defer { unlink(path) }
        try Data("999999\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(MeterLock.acquire(path: path).role == .meter)
    }

    @Test func whereNoFileCanBeMadeTheProcessMeters() {
        let taken = MeterLock.acquire(path: "/no/such/folder/meter.lock")
        #expect(taken.role == .meter && taken.lock == nil)
    }

    @Test func aLinkIsNotFollowed() throws {
        let (path, link) = (path(), self.path())
        defer {
            unlink(path)
            unlink(link)
        }
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        #expect(symlink(path, link) == 0)
        _ = MeterLock.acquire(path: link)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
    }
}
