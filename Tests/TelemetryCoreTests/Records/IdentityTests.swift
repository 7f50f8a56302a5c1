// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Identities: unique, sorted by time, and the same text both ways.
@Suite struct IdentityTests {
    /// The first outputs of the authors' C program from the state 1, 2, 3, 4.
    @Test func randomNumbersAreThoseOfXoshiro() {
        var generator = Xoshiro256(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
            16_172_922_978_634_559_625, 8_476_171_486_693_032_832, 10_595_114_339_597_558_777,
            2_904_607_092_377_533_576,
        ]
        #expect(expected.indices.map { _ in generator.next() } == expected)
    }

    @Test func aSeedOfZerosIsNoTrap() {
        struct Zeros: RandomNumberGenerator { mutating func next() -> UInt64 { 0 } }
        var generator = Xoshiro256(seededBy: Zeros())
        #expect(Set((0..<100).map { _ in generator.next() }).count > 90)
    }

    @Test func identitiesOfOneMomentDiffer() {
        let now = WallTime(microsecondsSinceEpoch: 1_800_000_000_000_000)
        let made = (0..<20_000).map { _ in RecordID(at: now) }
        #expect(Set(made).count == made.count)
    }

    @Test func identitiesSortByTimeAndAreOfVersionSeven() {
        var random = SeededGenerator(seed: 8)
        var last: RecordID?
        for step in 0..<1_000 {
            let time = WallTime(microsecondsSinceEpoch: Int64(step) * 1_000_000)
            let made = RecordID(at: time, randomHigh: random.next(), randomLow: random.next())
            if let last { #expect(last < made) }
            last = made
            #expect(made.high >> 12 & 0xF == 7)
            #expect(made.low >> 62 == 0b10)
            #expect(made.high >> 16 == UInt64(step) * 1_000)
        }
    }

    @Test(arguments: [Int64.min, -1, 0, Int64.max])
    func extremeTimesStillMakeAValidIdentity(_ microseconds: Int64) {
        let made = RecordID(at: WallTime(microsecondsSinceEpoch: microseconds))
        #expect(made.high >> 12 & 0xF == 7)
        #expect(RecordID(made.description) == made)
    }

    @Test func textsAreTheSameBothWays() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<1_000 {
            let made = RecordID(high: random.next(), low: random.next())
            #expect(RecordID(made.description) == made)
            #expect(RecordID(made.description.uppercased()) == made)
            #expect(made.description == made.description.lowercased() && made.description.utf8.count == 36)
        }
    }

    /// One changed character makes another identity or none, never the same.
    @Test func aDamagedTextIsNeverTheSameIdentity() {
        let text = Array("018f3c2a-7b1d-7e4f-9a0b-1c2d3e4f5a6b".utf8)
        let whole = RecordID(String(decoding: text, as: UTF8.self))
        #expect(whole != nil)
        for place in text.indices {
            for byte in [UInt8(ascii: "g"), UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "0"), 0xC3] {
                var damaged = text
                guard damaged[place] != byte else { continue }
                damaged[place] = byte
                #expect(RecordID(String(decoding: damaged, as: UTF8.self)) != whole, "place \(place)")
            }
        }
        for length in 0..<text.count {
            #expect(RecordID(String(decoding: text[..<length], as: UTF8.self)) == nil)
        }
        #expect(RecordID(String(decoding: text, as: UTF8.self) + " ") == nil)
        #expect(RecordID("{018f3c2a-7b1d-7e4f-9a0b-1c2d3e4f5a}") == nil)
    }
}
