// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// Energy and power: exact where they are whole, refused where they cannot be.
@Suite struct EnergyUnitTests {
    @Test func nanojoulesAreHeldExactly() {
        for value in [Int64.min, -1, 0, 1, 999_999_999, Int64.max] {
            #expect(Energy.nanojoules(value).nanojoules == value)
            #expect(Energy.nanojoules(value).attojoules == Int128(value) * 1_000_000_000)
        }
        #expect(Energy.nanojoules(UInt64.max).nanojoules == Int64.max)
    }

    @Test(arguments: [(499_999_999, 0), (500_000_000, 1), (1_499_999_999, 1), (1_500_000_000, 2)])
    func halfANanojouleIsRoundedAwayFromZero(attojoules: Int, nanojoules: Int64) {
        #expect(Energy(attojoules: Int128(attojoules)).nanojoules == nanojoules)
        #expect(Energy(attojoules: -Int128(attojoules)).nanojoules == -nanojoules)
    }

    @Test func joulesThatCannotBeAreRefused() {
        for value in [Double.nan, .infinity, -.infinity, 1.000_001e18, -1e19, .greatestFiniteMagnitude] {
            #expect(Energy.joules(value) == nil)
        }
        #expect(Energy.joules(1e18)?.joules == 1e18)
        #expect(Energy.joules(-1e18)?.joules == -1e18)
        #expect(Energy.joules(0) == .zero)
        #expect(Energy.joules(-0.0) == .zero)
    }

    /// From 1 nJ to 1 TJ nine digits survive the way there and back, whatever the sign.
    @Test func importedDecimalsKeepNineDigits() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let exponent = Int.random(in: -9...11, using: &random)
            let digits = Double(Int.random(in: 100_000_000...999_999_999, using: &random))
            let magnitude = (0..<abs(exponent)).reduce(1.0) { scale, _ in exponent < 0 ? scale / 10 : scale * 10 }
            let value = digits / 1e8 * magnitude * (Bool.random(using: &random) ? 1 : -1)
            let back = try #require(Energy.joules(value)).joules
            #expect(abs(back - value) <= abs(value) * 1e-9, "\(value) came back as \(back)")
        }
    }

    @Test func sumsNeverLoseASmallPart() {
        let large = Energy.nanojoules(Int64.max)
        let small = Energy(attojoules: 1)
        #expect(large + small - large == small)
        #expect([large, small, large].reduce(.zero, +) - large - large == small)
        #expect(small > .zero && .zero - small < .zero)
    }

    @Test func meanPowerNeedsAPositiveTime() {
        let energy = Energy.nanojoules(5_000_000_000)
        #expect(energy / .seconds(2) == .watts(2.5))
        #expect(energy / .zero == nil)
        #expect(energy / .seconds(-1) == nil)
        #expect(Energy.zero / .seconds(1) == .watts(0))
    }

    @Test func powerTimesTimeIsEnergyOrNothing() {
        #expect(Power.watts(3) * .milliseconds(500) == .joules(1.5))
        #expect(Power.watts(-3) * .seconds(1) == .joules(-3))
        #expect(Power.watts(.nan) * .seconds(1) == nil)
        #expect(Power.watts(.infinity) * .seconds(1) == nil)
        #expect(Power.watts(1e18) * .seconds(2) == nil)
        #expect(Power.watts(1) < Power.watts(2))
    }

    /// Beyond 64 bits of whole joules the slow way says the same as the fast one at their border.
    @Test func joulesOfHugeAmountsAreContinuous() {
        let border = Int128(Int64.max) * 1_000_000_000_000_000_000
        let below = Energy(attojoules: border).joules
        let above = Energy(attojoules: border + 1_000_000_000_000_000_000).joules
        #expect(below <= above && above - below <= 4_096)
    }
}
