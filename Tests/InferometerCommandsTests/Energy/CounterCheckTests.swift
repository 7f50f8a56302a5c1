// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import InferometerCommands

@Suite struct CounterCheckTests {
    private let card = EnergyDeviceID(vendor: .nvidia, identifier: "GPU-a")

    @Test(arguments: [
        (100.0, 100.0, false), (100, 60, false), (100, 190, false), (100, 210, true), (100, 40, true), (100, 0, true),
        (5, 15, false), (5, 25, true), (0, 100, true),
    ])
    func grossDisagreementIsDoubted(_ stated: Double, _ counted: Double, _ isDoubted: Bool) {
        var check = CounterCheck()
        let found = run(&check, stated: stated, counted: counted, seconds: 200)
        #expect(found.count == (isDoubted ? 1 : 0))
        #expect((check.doubts[card] != nil) == isDoubted)
    }

    @Test func aDoubtIsSaidOnceAndInWatts() {
        var check = CounterCheck()
        let found = run(&check, stated: 100, counted: 300, seconds: 1_000)
        #expect(found == ["its counter says 300 W where it states 100 W of power"])
    }

    @Test func aShortLookProvesNothing() {
        var check = CounterCheck()
        #expect(run(&check, stated: 100, counted: 300, seconds: 170).isEmpty)
    }

    /// Nothing is said of a time through which a device was not looked at.
    @Test func aPauseBeginsAnew() {
        var check = CounterCheck()
        #expect(run(&check, stated: 100, counted: 300, seconds: 100).isEmpty)
        #expect(run(&check, stated: 100, counted: 300, seconds: 100, from: 200).isEmpty)
    }

    @Test func whereOneOfTheTwoIsUnknownNothingIsSaid() {
        var check = CounterCheck()
        #expect(run(&check, stated: nil, counted: 300, seconds: 400).isEmpty)
        #expect(run(&check, stated: 100, counted: nil, seconds: 400).isEmpty)
    }

    private func run(
        _ check: inout CounterCheck,
        stated: Double?,
        counted: Double?,
        seconds: Int,
        from start: Int = 0
    ) -> [String] {
        var found: [String] = []
        for second in 0...seconds {
            var reading = DeviceReading(device: card)
            reading.power = stated.map(Power.watts)
            check.take([reading], at: MonotonicInstant(nanoseconds: Int64(start + second) * 1_000_000_000))
            let new = check.compare { _, from, to in counted.flatMap { Energy.joules($0 * (to - from).seconds) } }
            found += new.map(\.doubt)
        }
        return found
    }
}
