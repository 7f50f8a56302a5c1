// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct NVIDIADeviceTests {
    @Test func `A card cut into instances is measured whole and says so`() throws {
        let bench = try NVIDIABench("device uuid=GPU-a instances=3 period_ms=0\npower 0:100\nprocess pid=5")
        #expect(bench.monitor.sensors.count == 1)
        #expect(bench.reading(at: 1)?.count == 100_000)
        #expect(bench.monitor.statuses.first?.works == true)
        #expect(bench.monitor.statuses.first?.reason?.contains("MIG") == true)
        let reading = try #require(bench.monitor.readDevices().first)
        #expect(reading.utilizationPercent == nil)
        #expect(reading.processes?.map(\.processID) == [5])
    }

    @Test(arguments: [
        #"name="NVIDIA GH200 480GB" scope=module"#, #"name="NVIDIA GH200 120GB""#, #"name="Some Module" scope=module"#,
    ])
    func `A module that carries its processor is said to`(device: String) throws {
        let bench = try NVIDIABench("device \(device) period_ms=0\npower 0:500")
        #expect(bench.monitor.sensors.map(\.channel.domain) == [.module])
        #expect(bench.monitor.statuses.first?.reason?.contains("whole module") == true)
        #expect(bench.reading(at: 1)?.count == 500_000)
    }

    @Test func `A module without a counter is polled by its own scope`() throws {
        let bench = try NVIDIABench(
            """
            device name="NVIDIA GH200 480GB" scope=module period_ms=0
            power 0:500
            fail function=DeviceGetTotalEnergyConsumption code=3
            fail function=field:83 code=3
            """
        )
        #expect(bench.reading(at: 1)?.watts == 500)
        #expect(bench.monitor.readDevices().first?.power == .watts(500))
    }

    @Test func `Processes are listed with what they use`() throws {
        let bench = try NVIDIABench(
            "device uuid=GPU-a\nprocess pid=100 bytes=4096 share=60\nprocess pid=200 share=20\n"
                + "process pid=300 bytes=1 share=5 until=10"
        )
        bench.move(to: 5)
        #expect(
            bench.monitor.readDevices().first?.processes == [
                DeviceProcess(processID: 100, utilizationPercent: 60, memoryUsedBytes: 4_096),
                DeviceProcess(processID: 200, utilizationPercent: 20),
                DeviceProcess(processID: 300, utilizationPercent: 5, memoryUsedBytes: 1),
            ]
        )
        bench.move(to: 20)
        #expect(bench.monitor.readDevices().first?.processes?.map(\.processID) == [100, 200])
    }

    /// The driver tells each sample once, and none in between: that says nothing new, not that nothing is known.
    @Test func `What processes use is remembered between samples`() throws {
        let bench = try NVIDIABench(
            "device uuid=GPU-a\nprocess pid=100 share=60 until=10\nprocess pid=200 share=20 until=10"
        )
        let shares = { bench.monitor.readDevices().first?.processes?.map(\.utilizationPercent) }
        bench.move(to: 5)
        #expect(shares() == [60, 20])
        bench.move(to: 5.25)
        #expect(shares() == [60, 20])
        bench.move(to: 6)
        #expect(shares() == [60, 20])
    }

    @Test func `A process that no sample names used nothing`() {
        var shares = ProcessShares()
        let at = { (seconds: Int64) in MonotonicInstant(nanoseconds: seconds * 1_000_000_000) }
        shares.noteNothingNew(at: at(1))
        #expect(shares[100] == nil)
        shares.noteNothingNew(at: at(4))
        #expect(shares[100] == 0)
        shares.take((shares: [100: 50], lastSeen: 9), at: at(5))
        #expect(shares[100] == 50 && shares[200] == 0 && shares.lastSeen == 9)
        shares.noteNothingNew(at: at(6))
        #expect(shares[100] == 50)
        shares.noteNothingNew(at: at(8))
        #expect(shares[100] == 0)
    }

    @Test func `A longer list than expected is asked for again`() throws {
        let lines = (1...32).map { "process pid=\($0)" }.joined(separator: "\n")
        let bench = try NVIDIABench("device uuid=GPU-a\n" + lines)
        #expect(bench.monitor.readDevices().first?.processes?.count == 32)
        let list = NVMLLibrary(try DynamicLibrary(firstOf: [bench.fake.libraryPath]))
        #expect(try list.processes(of: try list.device(at: 0), firstCapacity: 4).map(\.processID) == Array(1...32))
    }

    @Test func `No list is not an empty one`() throws {
        let bench = try NVIDIABench(
            "device uuid=GPU-a\nfail function=DeviceGetComputeRunningProcesses_v3 code=999\nprocess pid=1"
        )
        #expect(bench.monitor.readDevices().first?.processes == nil)
    }

    @Test(
        arguments: [
            (0, 2.4.bitPattern, UInt64?(2)), (0, Double.nan.bitPattern, nil), (0, (-1.0).bitPattern, nil),
            (1, 0xFFFF_FFFF_0000_0007, 7), (3, 1 << 40, 1 << 40), (6, 0xABCD_0001, 1),
        ] as [(Int32, UInt64, UInt64?)]
    )
    func `A field's value is read by its own type`(type: Int32, bits: UInt64, expected: UInt64?) {
        var value = NVMLFieldValue()
        value.type = type
        value.bits = bits
        #expect(value.unsigned == expected)
    }

    @Test func `Structures have the library's sizes`() {
        #expect(MemoryLayout<NVMLFieldValue>.size == 40)
        #expect(MemoryLayout<NVMLFieldValue>.offset(of: \.code) == 28)
        #expect(MemoryLayout<NVMLFieldValue>.offset(of: \.bits) == 32)
    }
}
