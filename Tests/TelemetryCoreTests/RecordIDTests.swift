// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TelemetryCore

@Suite struct RecordIDTests {
    @Test func textRoundTrips() throws {
        let id = RecordID(at: WallTime(microsecondsSinceEpoch: 1_748_000_017_609_168))
        #expect(try #require(RecordID(id.description)) == id)
        #expect(Array(id.description)[14] == "7")
    }

    @Test(arguments: ["", "0197", "0197xxxx-0000-7000-8000-000000000000", "01970000+0000-7000-8000-000000000000"])
    func malformedTextIsRefused(_ text: String) {
        #expect(RecordID(text) == nil)
    }

    @Test func identitiesSortByTime() {
        let early = RecordID(at: WallTime(microsecondsSinceEpoch: 1_000_000))
        let late = RecordID(at: WallTime(microsecondsSinceEpoch: 2_000_000))
        #expect(early < late)
        #expect(early.description < late.description)
    }
}
