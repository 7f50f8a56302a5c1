// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import CVendorShims
import TelemetryCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// An open energy event.
struct PerfCounter: Sendable {
    /// Reads the counts since the event was opened.
    let read: @Sendable () throws(SysfsError) -> UInt64
    /// Lets go of the event.
    let close: @Sendable () -> Void
}

extension PerfCounter {
    /// Opens an event.
    ///
    /// Needs CAP_PERFMON, or a `perf_event_paranoid` of at most 0.
    ///
    /// - Throws: The kernel's reason.
    static func open(_ event: PerfEnergyEvent) throws(SysfsError) -> PerfCounter {
        let place = "perf event energy/\(event.domain.rawValue)"
        let number = Int32(clamping: event.processor)
        let descriptor = inferometer_perf_event_open(event.type, event.configuration, number)
        guard descriptor >= 0 else { throw SysfsError(path: place, errno: errno) }
        return PerfCounter(
            read: { () throws(SysfsError) in try readCount(descriptor, place) },
            close: { _ = Self.closeDescriptor(descriptor) }
        )
    }

    private static func readCount(_ descriptor: Int32, _ place: String) throws(SysfsError) -> UInt64 {
        var count: UInt64 = 0
        let size = withUnsafeMutableBytes(of: &count) { readBytes(descriptor, $0.baseAddress, $0.count) }
        guard size == 8 else { throw SysfsError(path: place, errno: errno) }
        return count
    }

    // The C functions under names that the properties above do not hide.
    #if canImport(Darwin)
    private static let readBytes = Darwin.read
    private static let closeDescriptor = Darwin.close
    #elseif canImport(Glibc)
    private static let readBytes = Glibc.read
    private static let closeDescriptor = Glibc.close
    #else
    private static let readBytes = Musl.read
    private static let closeDescriptor = Musl.close
    #endif
}
