// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// The changing part of an NVIDIA monitor: handles that a reload of the driver replaces, and what was read last.
struct NVIDIAConnection: Sendable {
    /// Handles by the device's identifier; a device that did not come back has none.
    var handles: [EnergyDeviceID: NVMLHandle] = [:]
    /// The power limits that were read last.
    var powerLimits: [EnergyDeviceID: Power] = [:]
    /// What each device's processes used lately.
    var processShares: [EnergyDeviceID: ProcessShares] = [:]
    var isStarted = false
    var isClosed = false
    private var nextRestart: MonotonicInstant?
    private var pause = shortestPause

    // Starting the library can take a large part of a second, and a card that is lost for good must not cost that
    // again and again.
    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(60)

    /// Stops and starts the library and finds the devices again, by their identifiers; at most once per pause, which
    /// grows while it does not help.
    mutating func restart(_ library: NVMLLibrary, at now: MonotonicInstant) -> Bool {
        guard !isClosed, nextRestart.map({ now >= $0 }) ?? true else { return false }
        nextRestart = now.advanced(by: pause)
        pause = min(pause * 2, Self.longestPause)
        if isStarted { try? library.stop() }
        isStarted = (try? library.start()) != nil
        handles = [:]
        for index in 0..<((try? library.deviceCount()) ?? 0) {
            guard let handle = try? library.device(at: index) else { continue }
            let uuid = try? library.uuid(of: handle)
            handles[EnergyDeviceID(vendor: .nvidia, identifier: uuid ?? "nvidia:\(index)")] = handle
        }
        return isStarted
    }

    /// Notes that every device answers, so that the next loss is met without delay.
    mutating func noteSuccess() {
        nextRestart = nil
        pause = Self.shortestPause
    }

    mutating func close(_ library: NVMLLibrary) {
        if isStarted { try? library.stop() }
        isStarted = false
        isClosed = true
        handles = [:]
    }
}

/// What a device's processes used lately, by a driver that takes a sample now and then and tells each only once.
struct ProcessShares: Sendable {
    /// The driver's time stamp of the newest sample.
    private(set) var lastSeen: UInt64 = 0
    /// Nothing while no sample has come, nor time enough for one.
    private var shares: [Int32: Double]?
    private var takenAt: MonotonicInstant?
    // Samples come some six times to once a second.
    private static let longestAge = Duration.seconds(2)

    mutating func take(_ new: (shares: [Int32: Double], lastSeen: UInt64), at now: MonotonicInstant) {
        guard !new.shares.isEmpty else { return noteNothingNew(at: now) }
        (shares, lastSeen, takenAt) = (new.shares, new.lastSeen, now)
    }

    /// No sample since the last one; if it stays so, no process used anything.
    mutating func noteNothingNew(at now: MonotonicInstant) {
        guard let last = takenAt else {
            takenAt = now
            return
        }
        if now - last > Self.longestAge { shares = [:] }
    }

    /// A process's share in percent: 0 for one that no sample names, as a sample names all that used something.
    subscript(process: Int32) -> Double? {
        shares.map { $0[process] ?? 0 }
    }
}
