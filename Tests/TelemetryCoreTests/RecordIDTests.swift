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

    @Test func identitiesOfOneMomentDiffer() {
        let moment = WallTime(microsecondsSinceEpoch: 1_000_000)
        #expect(Set((0..<10_000).map { _ in RecordID(at: moment) }).count == 10_000)
    }

    /// The reference's own first numbers from the state 1, 2, 3, 4.
    @Test func theGeneratorIsTheReferences() {
        var generator = Xoshiro256(state: (1, 2, 3, 4))
        let numbers = (0..<4).map { _ in generator.next() }
        #expect(numbers == [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
    }
}
