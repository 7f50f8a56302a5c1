// Inferometer
// SPDX-License-Identifier: Apache-2.0

import EnergyMonitors
import TelemetryCore
import TelemetryTesting

extension ManualClock {
    /// A clock at its beginning.
    static func atZero() -> ManualClock {
        ManualClock(at: MonotonicInstant(nanoseconds: 0))
    }

    /// Moves to a time in seconds.
    func set(_ seconds: Double) {
        advance(by: .nanoseconds(Int64((seconds * 1e9).rounded()) - now.nanoseconds))
    }
}

extension HardwareAccess {
    /// Hardware of which nothing is found unless a test puts it there.
    static func nothing(clock: ManualClock = .atZero()) -> HardwareAccess {
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
