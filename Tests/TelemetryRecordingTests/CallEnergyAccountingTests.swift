// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryRecording

@Suite struct CallEnergyAccountingTests {
    @Test func aCallIsPendingAndThenFinal() throws {
        let bench = AccountingBench(watts: 300)
        bench.run(for: 2)
        let call = bench.start(bytes: 400)
        bench.run(for: 0.5)
        bench.accounting.firstToken(of: call, at: bench.clock.now)
        bench.run(for: 1)
        bench.accounting.callEnded(call, at: bench.clock.now)
        #expect(bench.finished[call] == nil)
        bench.run(for: 0.2)
        let energy = try #require(bench.finished[call]).energy
        let total = try #require(energy.total)
        #expect(abs(total.joules - 450) < 10)
        let (prefill, decode) = (try #require(energy.prefill), try #require(energy.decode))
        #expect(prefill + decode == total)
        #expect(energy.gpu == total)
        #expect(energy.cpu == nil && energy.dram == nil && energy.ane == nil)
        #expect(abs(total.joules - 450) <= (try #require(energy.bound)).joules)
        #expect(energy.sharing == "exclusive")
        #expect(energy.method == "hw_counter" && energy.vendor == "nvidia")
        #expect(energy.devices == ["host"])
        #expect(energy.reason == nil)
        #expect(abs(try #require(energy.peakPower).watts - 300) < 80)
        // Idle is not known yet after two quiet seconds.
        #expect(energy.dynamic == nil && energy.idle == nil)
    }

    @Test func aCallThatWasNotStreamedHasOnePhase() throws {
        let bench = AccountingBench(watts: 100)
        bench.run(for: 1)
        let call = bench.start()
        bench.run(for: 1)
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.run(for: 0.2)
        let energy = try #require(bench.finished[call]).energy
        #expect(energy.total != nil && energy.prefill == nil && energy.decode == nil)
    }

    /// Eight calls at once: their shares, idle and residual are the counter's difference, to the nanojoule.
    @Test func eightConcurrentCallsAddUpToTheCounter() throws {
        let bench = AccountingBench(watts: 250)
        bench.run(for: 10)
        var calls: [RecordID] = []
        for _ in 0..<8 {
            calls.append(bench.start(bytes: 4_000))
            bench.run(for: 0.13)
        }
        for call in calls {
            bench.accounting.firstToken(of: call, at: bench.clock.now)
            bench.run(for: 0.11)
        }
        for call in calls {
            bench.accounting.callEnded(call, at: bench.clock.now)
            bench.run(for: 0.17)
        }
        bench.run(for: 0.5)
        #expect(bench.finished.count == 8)
        let given = try bench.finished.values.reduce(Energy.zero) { $0 + (try #require($1.energy.total)) }
        let accounts = bench.accounting.accounts[0].accounts
        #expect(given == .nanojoules(accounts.attributed))
        #expect(accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual)
        #expect(accounts.residual >= 0 && accounts.residual <= 17)
        #expect(.nanojoules(accounts.measured) == bench.sampler.withMeters { $0.meters[0].trace.total })
        #expect(bench.finished[calls[4]]?.energy.sharing == "shared(8)")
        for call in bench.finished.values {
            let energy = call.energy
            #expect(try #require(energy.dynamic) + (try #require(energy.idle)) == energy.total)
        }
    }

    @Test func aRemoteCallHasNoEnergyOfOurs() {
        let bench = AccountingBench(watts: 100)
        let upstream = MeteredUpstream(name: "far", devices: .remote)
        let state = bench.accounting.callStarted(bench.newID(), at: bench.clock.now, promptBytes: 0, upstream: upstream)
        #expect(state == .absent(CallEnergy(absent: "remote")))
    }

    @Test func aSecondProcessSaysWhoMeters() {
        let bench = AccountingBench(watts: 100, role: .meteredBy(4_711))
        let upstream = MeteredUpstream(name: "near", devices: .host)
        let state = bench.accounting.callStarted(bench.newID(), at: bench.clock.now, promptBytes: 0, upstream: upstream)
        #expect(state == .absent(CallEnergy(absent: "metered by 4711")))
    }

    @Test func aMachineWithoutSensorsSaysSo() {
        let bench = AccountingBench(channels: [])
        let upstream = MeteredUpstream(name: "near", devices: .host)
        let state = bench.accounting.callStarted(bench.newID(), at: bench.clock.now, promptBytes: 0, upstream: upstream)
        #expect(state == .absent(CallEnergy(absent: "no sensor")))
    }

    @Test func anUpstreamUsesItsOwnDevices() throws {
        let bench = AccountingBench(channels: [
            .init(sensor: .fakeCounter(.card, device: "GPU-a"), curve: .constant(200)),
            .init(sensor: .fakeCounter(.card, device: "GPU-b"), curve: .constant(100)),
            .init(sensor: .fakeCounter(.psys), curve: .constant(900)),
        ])
        bench.run(for: 1)
        let call = bench.start(upstream: MeteredUpstream(name: "a", devices: .devices(["GPU-a"])))
        let both = bench.start(upstream: MeteredUpstream(name: "b", devices: .host))
        bench.run(for: 1)
        for id in [call, both] { bench.accounting.callEnded(id, at: bench.clock.now) }
        bench.run(for: 0.3)
        let energy = try #require(bench.finished[call]).energy
        #expect(energy.devices == ["GPU-a"])
        #expect(abs(try #require(energy.total).joules - 100) < 5)
        #expect(energy.sharing == "shared(2)")
        #expect(abs(try #require(bench.finished[both]?.energy.total).joules - 200) < 10)
        let missing = MeteredUpstream(name: "c", devices: .devices(["GPU-z"]))
        #expect(
            bench.accounting.callStarted(bench.newID(), at: bench.clock.now, promptBytes: 0, upstream: missing)
                == .absent(CallEnergy(absent: "no sensor for GPU-z"))
        )
    }

    /// A sensor that fails for good in mid-call: after five seconds the energy is absent, with the sensor's reason.
    @Test func aSensorLostInMidCallMakesTheEnergyAbsent() throws {
        let bench = AccountingBench(watts: 100)
        bench.run(for: 1)
        let call = bench.start()
        bench.run(for: 1)
        bench.monitor.change { $0.failure = SensorFailure(.lost, "the device is gone") }
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.run(for: 4.9)
        #expect(bench.finished[call] == nil)
        bench.run(for: 0.3)
        let energy = try #require(bench.finished[call]).energy
        #expect(energy.total == nil)
        #expect(energy.reason == "card-0 card: the device is gone")
        // A call that begins while it is gone is not measured, and one after it came back is.
        let during = bench.start()
        bench.run(for: 1)
        bench.accounting.callEnded(during, at: bench.clock.now)
        bench.run(for: 6)
        #expect(bench.finished[during]?.energy.total == nil)
        #expect(bench.finished[during]?.energy.reason?.isEmpty == false)
        bench.monitor.change { $0.failure = nil }
        bench.run(for: 1)
        let after = bench.start()
        bench.run(for: 1)
        bench.accounting.callEnded(after, at: bench.clock.now)
        bench.run(for: 0.3)
        #expect(bench.finished[after]?.energy.total != nil)
        let accounts = bench.accounting.accounts[0].accounts
        #expect(accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual)
    }

    @Test func aSensorUnreadableFromTheStartIsAbsentAlone() throws {
        var broken = FakeEnergyMonitor.Channel(sensor: .fakeCounter(.package), curve: .constant(50))
        broken.failure = SensorFailure(.permissionDenied, "permission denied")
        let bench = AccountingBench(channels: [
            .init(sensor: .fakeCounter(.card), curve: .constant(200)), broken,
            .init(sensor: .fakeCounter(.dram), curve: .constant(0)),
        ])
        bench.run(for: 1)
        let call = bench.start()
        bench.run(for: 1)
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.run(for: 6)
        let energy = try #require(bench.finished[call]).energy
        #expect(abs(try #require(energy.total).joules - 200) < 5)
        #expect(energy.gpu == energy.total)
        #expect(energy.cpu == nil && energy.dram == nil)
    }

    @Test func aResetInMidCallMakesItsEnergyAbsentAndNeverNegative() throws {
        let bench = AccountingBench(watts: 100)
        bench.run(for: 20)
        let call = bench.start()
        bench.run(for: 1)
        bench.monitor.change { $0.offset = -2_000_000 }
        bench.run(for: 1)
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.run(for: 0.3)
        let energy = try #require(bench.finished[call]).energy
        #expect(energy.total == nil)
        #expect(energy.reason == "card-0 card: reset")
    }

    /// A counter that stands still though the device works is not the truth; one of a device that sleeps is.
    @Test(arguments: [false, true])
    func aCounterThatStandsStill(sleeps: Bool) throws {
        let bench = AccountingBench(watts: 100)
        bench.run(for: 2)
        let call = bench.start()
        bench.run(for: 0.5)
        let stop = bench.clock.now
        bench.monitor.change { $0.frozenAt = stop }
        var device = DeviceReading(device: EnergyChannel.fake(.card).device)
        device.power = .watts(sleeps ? 0 : 100)
        bench.monitor.setDevices([device])
        bench.run(for: 0.5)
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.run(for: 6)
        let energy = try #require(bench.finished[call]).energy
        if sleeps {
            #expect(abs(try #require(energy.total).joules - 50) < 5)
        } else {
            #expect(energy.reason == "card-0 card: the counter stands still")
        }
    }

    @Test func slotsAreKept() throws {
        let bench = AccountingBench(watts: 100)
        bench.run(for: 1)
        let upstream = MeteredUpstream(name: "one slot", devices: .host, slots: 1)
        let (first, second) = (bench.start(upstream: upstream), bench.start(upstream: upstream))
        bench.run(for: 1)
        bench.accounting.callEnded(first, at: bench.clock.now)
        bench.run(for: 1)
        bench.accounting.callEnded(second, at: bench.clock.now)
        bench.run(for: 0.3)
        for call in [first, second] {
            #expect(abs(try #require(bench.finished[call]?.energy.total).joules - 100) < 5)
            #expect(bench.finished[call]?.energy.sharing == "exclusive")
        }
    }

    @Test func aCallSentAgainIsTheSameCall() throws {
        let bench = AccountingBench(watts: 100)
        bench.run(for: 1)
        let call = bench.start()
        bench.run(for: 0.5)
        let again = bench.accounting.callStarted(
            call,
            at: bench.clock.now,
            promptBytes: 0,
            upstream: MeteredUpstream(name: "near", devices: .host)
        )
        #expect(again == .pending)
        bench.run(for: 0.5)
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.run(for: 0.3)
        #expect(abs(try #require(bench.finished[call]?.energy.total).joules - 100) < 5)
    }

    @Test func accountsComeByTheMinuteAndAddUp() {
        let bench = AccountingBench(watts: 60)
        for _ in 0..<5 {
            let call = bench.start()
            bench.run(for: 30)
            bench.accounting.callEnded(call, at: bench.clock.now)
            bench.run(for: 10)
        }
        let minutes = bench.minutes
        #expect(minutes.count >= 2)
        #expect(Set(minutes.map(\.minute)).count == minutes.count)
        for minute in minutes {
            let accounts = minute.accounts
            #expect(accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual)
            #expect(minute.minute.microsecondsSinceEpoch % 60_000_000 == 0)
        }
        #expect(abs(Double(minutes[1].accounts.measured) / 1e9 - 3_600) < 10)
    }

    @Test func powerComesByTheSecond() {
        let bench = AccountingBench(watts: 80)
        bench.run(for: 10)
        let powers = bench.powers
        #expect(powers.count >= 8 && powers.count <= 11)
        #expect(Set(powers.map(\.second)).count == powers.count)
        #expect(powers.allSatisfy { abs($0.power.watts - 80) < 4 })
    }

    @Test func deviceUseIsThatOfTheCall() throws {
        let bench = AccountingBench(watts: 100)
        var device = DeviceReading(device: EnergyChannel.fake(.card).device)
        device.utilizationPercent = 80
        device.memoryUsedBytes = 8_000_000_000
        bench.monitor.setDevices([device])
        bench.run(for: 1)
        let call = bench.start()
        bench.run(for: 1)
        bench.accounting.callEnded(call, at: bench.clock.now)
        bench.run(for: 0.3)
        let use = try #require(bench.finished[call]).device
        #expect(use.utilizationPercent == 80)
        #expect(use.memoryUsedGigabytes == 8)
        #expect(use.temperatureCelsius == nil)
    }

    /// A counter that never moves keeps the first calls waiting, and no later ones; one that wakes up counts again.
    @Test func aCounterThatStandsStillDelaysNoLaterCall() throws {
        let still = FakeEnergyMonitor.Channel(sensor: .fakeCounter(.package), curve: .constant(0))
        let bench = AccountingBench(channels: [.init(sensor: .fakeCounter(.card), curve: .constant(200)), still])
        func call() -> RecordID {
            let call = bench.start()
            bench.run(for: 0.5)
            bench.accounting.callEnded(call, at: bench.clock.now)
            bench.run(for: 0.3)
            return call
        }
        bench.run(for: 1)
        let first = call()
        #expect(bench.finished[first] == nil)
        bench.run(for: 5.5)
        #expect(bench.finished[first]?.energy.total != nil)
        let secondCall = call()
        let second = try #require(bench.finished[secondCall])
        #expect(abs(try #require(second.energy.total).joules - 100) < 5)
        #expect(second.energy.cpu == nil && second.energy.gpu == second.energy.total)
        bench.monitor.change(1) { $0.curve = .constant(50) }
        bench.run(for: 1)
        let thirdCall = call()
        let third = try #require(bench.finished[thirdCall])
        #expect(abs(try #require(third.energy.cpu).joules - 25) < 5)
        for (_, accounts) in bench.accounting.accounts {
            #expect(accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual)
        }
    }

    @Test func foreignWorkIsToldByTheProcessList() {
        let own: Set<Int32> = [1, 2]
        let of = { (numbers: [(Int32, Double?)]) in
            CallEnergyAccounting.foreignFraction(
                numbers.map { DeviceProcess(processID: $0.0, utilizationPercent: $0.1) },
                own: own
            )
        }
        #expect(CallEnergyAccounting.foreignFraction(nil, own: own) == nil)
        #expect(of([]) == 0)
        #expect(of([(1, nil)]) == 0)
        #expect(of([(1, 60), (9, 20)]) == 0.25)
        #expect(of([(1, 60), (9, nil)]) == nil)
        #expect(of([(9, 20)]) == 1)
        #expect(of([(1, 0), (9, 0)]) == 0)
        let unknown = [DeviceProcess(processID: 1, utilizationPercent: 10), DeviceProcess(processID: 8)]
        #expect(CallEnergyAccounting.foreignFraction(unknown, own: own, others: [9]) == nil)
    }
}

/// An accounting over a fake monitor, moved on by hand.
final class AccountingBench: Sendable {
    let clock = ManualClock(wall: WallTime(microsecondsSinceEpoch: 1_800_000_000_000_000))
    let monitor: FakeEnergyMonitor
    let sampler: EnergySampler
    let accounting: CallEnergyAccounting
    private let delivered = Delivered()

    final class Delivered: Sendable {
        let calls = Mutex<[RecordID: MeteredCall]>([:])
        let minutes = Mutex<[MinuteAccount]>([])
        let powers = Mutex<[ChannelPower]>([])
    }

    init(channels: [FakeEnergyMonitor.Channel], role: MeterRole = .meter) {
        monitor = FakeEnergyMonitor(channels: channels, clock: clock.clock)
        var configuration = SamplerConfiguration()
        configuration.pace = .onDemand
        sampler = EnergySampler(
            monitor: monitor,
            configuration: configuration,
            clock: clock.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let delivered = delivered
        accounting = CallEnergyAccounting(
            sampler: sampler,
            role: role,
            deliverAccounts: { new in delivered.minutes.withLock { $0 += new } },
            deliverPower: { new in delivered.powers.withLock { $0 += new } },
            deliver: { calls in
                delivered.calls.withLock { finished in
                    for call in calls {
                        #expect(finished.updateValue(call, forKey: call.id) == nil, "delivered twice")
                    }
                }
            }
        )
    }

    convenience init(watts: Double, role: MeterRole = .meter) {
        self.init(channels: [.init(sensor: .fakeCounter(.card), curve: .constant(watts))], role: role)
    }

    var finished: [RecordID: MeteredCall] { delivered.calls.withLock { $0 } }
    var minutes: [MinuteAccount] { delivered.minutes.withLock { $0 } }
    var powers: [ChannelPower] { delivered.powers.withLock { $0 } }

    func newID() -> RecordID { RecordID(at: clock.clock.wall()) }

    func start(
        bytes: Int = 100,
        upstream: MeteredUpstream = MeteredUpstream(name: "near", devices: .host)
    ) -> RecordID {
        let id = newID()
        #expect(accounting.callStarted(id, at: clock.now, promptBytes: bytes, upstream: upstream) == .pending)
        return id
    }

    /// Moves time on, with a reading every 20 ms and a look for late calls each time.
    func run(for seconds: Double) {
        for _ in 0..<Int((seconds / 0.02).rounded()) {
            clock.advance(by: .milliseconds(20))
            sampler.tick()
            accounting.expire()
        }
    }
}
