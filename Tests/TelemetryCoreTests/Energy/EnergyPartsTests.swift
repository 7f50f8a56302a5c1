// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

@Suite struct EnergyPartsTests {
    @Test(arguments: EnergyDomain.allCases)
    func onlyAdditiveDomainsAreComponents(_ domain: EnergyDomain) {
        #expect(domain.component == nil || domain.isAdditive)
        #expect(EnergySensor.fakeCounter(domain).isCounted == domain.isAdditive)
    }

    /// Law 7, written out: what contains what is counted once.
    @Test func noCountedDomainContainsAnother() {
        let counted = Set(EnergyDomain.allCases.filter(\.isAdditive))
        #expect(counted == [.package, .dram, .card, .ane, .module])
    }

    @Test func vendorsKeepTheirNames() {
        #expect(
            EnergyVendor.allCases.map(\.rawValue).sorted()
                == ["amd", "apple", "cpu_rapl", "intel", "jetson", "nvidia"]
        )
        #expect(EnergyMethod.allCases.map(\.rawValue) == ["hw_counter", "rapl", "polling", "estimated"])
    }

    @Test func aSumIsAsSureAsItsLeastSurePart() {
        #expect(EnergyMethod.ofSum([]) == nil)
        #expect(EnergyMethod.ofSum([.rapl]) == .rapl)
        #expect(EnergyMethod.ofSum([.hardwareCounter, .rapl]) == .hardwareCounter)
        #expect(EnergyMethod.ofSum([.hardwareCounter, .powerIntegral]) == .powerIntegral)
        #expect(EnergyMethod.ofSum([.powerIntegral, .estimated, .rapl]) == .estimated)
    }

    @Test func formatsNeverDivideByZero() {
        let format = CounterFormat(nanojoules: 0, perCounts: 0)
        #expect(format.nanojoulesPerUnit == 1 && format.countsPerUnit == 1)
        #expect(CounterFormat.joulesDividedByTwo(toThe: 99).countsPerUnit == 1 << 62)
        #expect(CounterFormat.joulesDividedByTwo(toThe: -3).countsPerUnit == 1)
    }

    @Test func pollIntervalsAreHeldInRange() {
        let interval = EnergyPollInterval(active: .zero, idle: .zero)
        #expect(interval.active == .microseconds(500) && interval.idle == .microseconds(500))
        #expect(EnergyPollInterval(active: .seconds(90), idle: .seconds(1)).idle == .seconds(60))
    }

    @Test func theRingDropsTheOldestAndKeepsOrder() {
        var ring = RingBuffer<Int>(capacity: 3)
        #expect(ring.isEmpty && ring.first == nil && ring.last == nil)
        for value in 1...5 { ring.append(value) }
        #expect((0..<ring.count).map { ring[$0] } == [3, 4, 5])
        ring.removeLast()
        #expect(ring.last == 4)
        for value in 6...9 { ring.append(value) }
        #expect((0..<ring.count).map { ring[$0] } == [7, 8, 9])
        #expect(ring.partition { $0 < 8 } == 1)
        #expect(ring.partition { _ in true } == 3)
    }

    @Test func virtualTimeOwesWhatItWasFed() {
        var time = VirtualTime()
        let first = time.enter(3)
        time.feed(UInt128(100) << 40)
        let second = time.enter(1)
        time.feed(UInt128(40) << 40)
        #expect(VirtualTime.nanojoules(time.inFlight) == 139 || VirtualTime.nanojoules(time.inFlight) == 140)
        let (one, other) = (time.leave(3, since: first), time.leave(1, since: second))
        #expect(abs(Double(one >> 10) / Double(1 << 30) - 130) < 1e-6)
        #expect(abs(Double(other >> 10) / Double(1 << 30) - 10) < 1e-6)
        #expect(time.inFlight == 0 && time.weight == 0)
    }

    @Test(arguments: [UInt64(7), 1_000_000_007, 3_600_000_000_000_000])
    func evenEnergyReachesItsWholeAndNeverFalls(_ nanojoules: UInt64) {
        let energy = EvenEnergy(nanojoules: nanojoules, from: 10, to: 3_600_000_000_010)
        var last: UInt128 = 0
        for step in 0...1_000 {
            let used = energy.used(at: 10 + Int64(step) * 3_600_000_000)
            #expect(used >= last)
            last = used
        }
        #expect(last == energy.whole)
        #expect(energy.used(at: 0) == 0)
        #expect(EvenEnergy(nanojoules: 5, from: 10, to: 10).used(at: 10) == UInt128(5) << 40)
    }

    @Test func theMostActiveIsKnownSinceAnyMoment() {
        var history = ActiveCountHistory()
        let moments = [1, 2, 5, 3, 4, 2].map { history.record($0) }
        #expect(moments.map { history.highest(since: $0) } == [5, 5, 5, 4, 4, 2])
        _ = history.record(0)
        let later = history.record(1)
        #expect(history.highest(since: later) == 1)
    }

    @Test func deviceHistoryMeansOverTimeAndDevices() throws {
        var history = DeviceHistory(capacity: 10)
        for (second, percent) in [(0, 10.0), (1, 30), (2, 50)] {
            let readings = ["a", "b"].map { name in
                var reading = DeviceReading(device: EnergyDeviceID(vendor: .nvidia, identifier: name))
                reading.utilizationPercent = name == "a" ? percent : nil
                reading.memoryUsedBytes = name == "a" ? 2_000_000_000 : 3_000_000_000
                return reading
            }
            history.take(readings, at: MonotonicInstant(seconds: Double(second)))
        }
        let span = (MonotonicInstant(seconds: 1), MonotonicInstant(seconds: 3))
        let utilization = history.statistics(of: \.utilizationPercent, from: span.0, to: span.1)
        #expect(utilization == DeviceHistory.Statistics(mean: 40, peak: 50))
        let memory = history.statistics(of: \.memoryUsedGigabytes, from: span.0, to: span.1, isSummed: true)
        #expect(memory?.mean == 5)
        // A span without a reading takes the last before it; a value that was never read is absent.
        let late = MonotonicInstant(seconds: 9)
        #expect(history.statistics(of: \.utilizationPercent, from: late, to: late)?.mean == 50)
        #expect(history.statistics(of: \.temperatureCelsius, from: span.0, to: span.1) == nil)
        #expect(history.latest.count == 2)
    }
}
