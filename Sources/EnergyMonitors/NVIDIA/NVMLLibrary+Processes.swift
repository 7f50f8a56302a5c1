// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

extension NVMLLibrary {
    /// The processes that compute on a card, those in all its instances included.
    func processes(of device: NVMLHandle, firstCapacity: Int = 32) throws(NVMLError) -> [DeviceProcess] {
        // nvmlProcessInfo_t: 24 bytes, with the two instance numbers behind the memory. The structure of the function's
        // first version ends after the memory.
        functions.processes.isThere
            ? try processes(of: device, firstCapacity, stride: 24, by: functions.processes)
            : try processes(of: device, firstCapacity, stride: 16, by: functions.processesWithoutInstances)
    }

    private func processes(
        of device: NVMLHandle,
        _ firstCapacity: Int,
        stride: Int,
        by list: NVMLFunction<NVMLFunctions.DeviceList>
    ) throws(NVMLError) -> [DeviceProcess] {
        var capacity = firstCapacity
        while true {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity * stride, alignment: 8)
            defer { buffer.deallocate() }
            var count = UInt32(clamping: capacity)
            do throws(NVMLError) {
                try list { $0(device, &count, buffer.baseAddress) }
                return (0..<min(Int(count), capacity)).map { Self.process(in: buffer, at: $0 * stride) }
            } catch {
                guard error.code == NVMLError.Code.insufficientSize, capacity < 4_096 else { throw error }
                // Processes may come between two calls, so a little more than was asked for.
                capacity = max(capacity * 2, Int(count) + 16)
            }
        }
    }

    private static func process(in buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> DeviceProcess {
        let memory = buffer.load(fromByteOffset: offset + 8, as: UInt64.self)
        return DeviceProcess(
            processID: Int32(truncatingIfNeeded: buffer.load(fromByteOffset: offset, as: UInt32.self)),
            // All ones says that the driver does not know.
            memoryUsedBytes: memory == .max ? nil : memory
        )
    }

    /// The part of the card's time that each process used since a time stamp of the driver's, in percent.
    ///
    /// - Returns: The shares by process, and the newest time stamp, in the driver's microseconds.
    func processUtilization(
        of device: NVMLHandle,
        since lastSeen: UInt64
    ) throws(NVMLError) -> (shares: [Int32: Double], lastSeen: UInt64) {
        // nvmlProcessUtilizationSample_t: 32 bytes: process, time stamp at 8, share of the multiprocessors at 16.
        let stride = 32
        let capacity = 1_024
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity * stride, alignment: 8)
        defer { buffer.deallocate() }
        var count = UInt32(clamping: capacity)
        try functions.processUtilization { $0(device, buffer.baseAddress, &count, lastSeen) }
        var sums: [Int32: (sum: Double, count: Double)] = [:]
        var newest = lastSeen
        for offset in (0..<min(Int(count), capacity)).map({ $0 * stride }) {
            let stamp = buffer.load(fromByteOffset: offset + 8, as: UInt64.self)
            let share = buffer.load(fromByteOffset: offset + 16, as: UInt32.self)
            // Slots that the driver did not fill hold older or impossible values.
            guard stamp > lastSeen, share <= 100 else { continue }
            let process = Int32(truncatingIfNeeded: buffer.load(fromByteOffset: offset, as: UInt32.self))
            sums[process, default: (0, 0)].sum += Double(share)
            sums[process, default: (0, 0)].count += 1
            newest = max(newest, stamp)
        }
        return (sums.mapValues { $0.sum / $0.count }, newest)
    }
}
