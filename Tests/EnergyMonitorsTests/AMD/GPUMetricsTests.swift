// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import EnergyMonitors

@Suite struct GPUMetricsTests {
    @Test(arguments: [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 8), (1, 9)])
    func `Every layout of a card gives its energy and power`(format: UInt8, content: UInt8) throws {
        let energy: UInt64 = content == 0 ? 0xFEDC_BA98 : 0x0123_4567_89AB_CDEF
        let bytes = GPUMetricsBlob.bytes(format: format, content: content, energy: energy, power: 305)
        let metrics = try GPUMetrics(bytes)
        #expect(metrics.energy == energy)
        #expect(metrics.power == .watts(305))
        #expect(metrics.version.description == "\(format).\(content)")
    }

    @Test(arguments: [(1, 0), (1, 1), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 9), (2, 1), (2, 4), (3, 0)])
    func `What a card does not have is absent`(format: UInt8, content: UInt8) throws {
        let metrics = try GPUMetrics(GPUMetricsBlob.bytes(format: format, content: content))
        #expect(metrics.energy == nil)
        #expect(metrics.power == nil)
    }

    @Test(arguments: [(2, 0, 15, 15.0), (2, 1, 15, 15), (2, 3, 15, 15), (2, 4, 15_250, 15.25), (3, 0, 28_500, 28.5)])
    func `Processors with graphics give power in their version's unit`(
        format: UInt8,
        content: UInt8,
        raw: UInt64,
        watts: Double
    ) throws {
        let metrics = try GPUMetrics(GPUMetricsBlob.bytes(format: format, content: content, energy: 5, power: raw))
        #expect(metrics.energy == nil)
        #expect(metrics.power == .watts(watts))
    }

    @Test func `The unit is exact, and the oldest layout wraps`() throws {
        let new = try GPUMetrics(GPUMetricsBlob.bytes(format: 1, content: 3, energy: 65_536))
        #expect(new.energyFormat == CounterFormat(nanojoules: 1_000_000_000, perCounts: 65_536))
        let old = try GPUMetrics(GPUMetricsBlob.bytes(format: 1, content: 0, energy: 65_536))
        #expect(old.energyFormat.modulus == 1 << 32)
    }

    @Test func `A reverted layout under the number 1 6 gives no energy`() throws {
        let small = try GPUMetrics(GPUMetricsBlob.bytes(format: 1, content: 6, energy: 9, power: 300, size: 400))
        #expect(small.energy == nil)
        #expect(small.power == .watts(300))
        let long = try GPUMetrics(GPUMetricsBlob.bytes(format: 1, content: 6, energy: 9, size: 2_000))
        #expect(long.energy == 9)
    }

    @Test func `Unknown versions are refused`() {
        #expect(throws: GPUMetricsError.unknownVersion(.init(format: 9, content: 9))) {
            try GPUMetrics([4, 0, 9, 9])
        }
    }

    @Test(arguments: [(1, 0), (1, 3), (1, 5), (1, 9), (2, 4), (3, 0)])
    func `No cut file is read beyond its end`(format: UInt8, content: UInt8) {
        let whole = GPUMetricsBlob.bytes(format: format, content: content, energy: 1, power: 1)
        for length in 0..<min(whole.count, 120) {
            let cut = Array(whole.prefix(length))
            if let metrics = try? GPUMetrics(cut) {
                #expect(metrics.energy == nil || metrics.energy == 1)
            }
        }
    }

    @Test func `A header that promises more than there is does not help`() throws {
        var bytes = GPUMetricsBlob.bytes(format: 1, content: 3, energy: 77)
        bytes.removeLast(bytes.count - 20)
        #expect(throws: GPUMetricsError.tooShort) { try GPUMetrics(bytes) }
    }

    @Test func `Attributes with impossible lengths are refused`() {
        let huge: [UInt8] = [12, 0, 1, 9, 1, 0, 0, 0, 0xFF, 0x03, 0x60, 0, 0, 0, 0, 0]
        #expect(throws: GPUMetricsError.tooShort) { try GPUMetrics(huge) }
        let type: [UInt8] = [12, 0, 1, 9, 1, 0, 0, 0, 0x01, 0x00, 0xF0, 0, 0, 0, 0, 0, 0]
        #expect(throws: GPUMetricsError.tooShort) { try GPUMetrics(type) }
    }

    @Test func `Random bytes never trap`() {
        var random = SeededGenerator(seed: 6)
        for _ in 0..<2_000 {
            var bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if bytes.count > 3 {
                bytes[2] = UInt8.random(in: 1...3, using: &random)
                bytes[3] = UInt8.random(in: 0...9, using: &random)
            }
            _ = try? GPUMetrics(bytes)
        }
    }
}
