// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import Synchronization
import TelemetryCore
import TelemetryTesting

/// A clock that stands where a test puts it.
final class ManualClock: Sendable {
    private let nanoseconds = Mutex<Int64>(0)

    var clock: TelemetryClock {
        TelemetryClock(
            instant: { MonotonicInstant(nanoseconds: self.nanoseconds.withLock { $0 }) },
            wall: { WallTime(microsecondsSinceEpoch: self.nanoseconds.withLock { $0 / 1_000 }) }
        )
    }

    func set(_ seconds: Double) {
        nanoseconds.withLock { $0 = Int64((seconds * 1e9).rounded()) }
    }
}

extension HardwareAccess {
    /// Hardware of which nothing is found unless a test puts it there.
    static func nothing(clock: ManualClock = ManualClock()) -> HardwareAccess {
        var access = HardwareAccess()
        access.root = "/nonexistent"
        access.nvidiaLibraries = ["/nonexistent/libnvidia-ml.so.1"]
        access.appleLibraries = ["/nonexistent/libIOReport.dylib"]
        access.clock = clock.clock
        return access
    }
}

extension EnergyReading {
    var count: UInt64? {
        if case .count(let count) = value { count } else { nil }
    }

    var watts: Double? {
        if case .power(let power) = value { power.watts } else { nil }
    }

    var failure: SensorFailure? {
        if case .failed(let failure) = value { failure } else { nil }
    }
}
