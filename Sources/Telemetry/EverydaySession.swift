// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import EnergyMonitors
import Foundation
import TelemetryCore
public import TelemetryRecording

/// Measures this machine and the calls made while a body of code runs: the everyday scope.
///
/// An engine that the session instruments leaves a record of each call, with its time, tokens, cost and its share of
/// the energy of whatever sensors this machine has:
///
/// ```swift
/// try await withTelemetrySession { session in
///     let engine = session.instrument(OllamaEngine())
///     for try await chunk in try await engine.stream(request) { print(chunk.text, terminator: "") }
/// }
/// ```
///
/// Sensors are found on a thread of their own, and waited for no longer than `patience`; a machine without any runs
/// the body all the same, and every energy is absent with the reason.
///
/// - Parameters:
///   - telemetry: Where records go: a sink, a bus, a price list.
///   - access: How hardware is reached.
///   - patience: How long drivers may take to start. Defaults to 5 s.
///   - body: What runs; the session is not to be kept beyond it.
/// - Returns: What the body returns.
public func withTelemetrySession<Result>(
    telemetry: CallTelemetry = CallTelemetry(),
    access: HardwareAccess = HardwareAccess(),
    patience: Duration = .seconds(5),
    _ body: nonisolated(nonsending) (TelemetrySession) async throws -> Result
) async rethrows -> Result {
    let monitor = await foundMonitor(access, patience: patience)
    defer { monitor?.close() }
    return try await withTelemetrySession(monitor: monitor, telemetry: telemetry, clock: telemetry.clock, body)
}

/// The machine's monitor; nothing if its drivers hang.
///
/// One that comes too late is closed.
private func foundMonitor(_ access: HardwareAccess, patience: Duration) async -> (any EnergyMonitor)? {
    let (monitors, found) = AsyncStream<CompositeEnergyMonitor?>.makeStream(bufferingPolicy: .bufferingOldest(1))
    let thread = Thread {
        let monitor = EnergyMonitorFactory.makeMonitor(access: access)
        if case .enqueued = found.yield(monitor) { return }
        monitor.close()
    }
    thread.start()
    let timer = Task {
        try await Task.sleep(for: patience)
        found.yield(nil)
    }
    defer {
        timer.cancel()
        found.finish()
    }
    for await monitor in monitors { return monitor }
    return nil
}
