// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
public import TelemetryCore

/// Reads the energy channels of Apple's chips through IOReport: processor, graphics, neural engine and memory.
///
/// No administrator is needed. Each channel is read in its own unit, which differs on one chip. Processor channels are
/// published in batches about every two seconds, with the time of publication, which is handed on. Nothing is
/// estimated: where the system does not count, energy is absent.
public final class AppleEnergyMonitor: EnergyMonitor {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let vendor = EnergyVendor.apple
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let sensors: [EnergySensor]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let statuses: [SensorStatus]
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public let pollInterval = EnergyPollInterval(active: .milliseconds(100), idle: .seconds(2))
    /// What the machine calls its chip, such as `M4 Max`; absent where it does not say.
    public let chip: String?

    private let functions: IOReportFunctions?
    private let channels: [AppleChannel]
    private let clock: TelemetryClock
    private let state: Mutex<State>

    /// The changing part: the subscription, until it is closed, and what is known of each channel's time stamps.
    private struct State: Sendable {
        var session: IOReportSession?
        var stamps = PublicationStamps()
    }

    /// Looks for channels.
    ///
    /// Never fails: what does not work is told by ``statuses``.
    public init(access: HardwareAccess = HardwareAccess()) {
        let found = AppleDiscovery(libraryNames: access.appleLibraries)
        clock = access.clock
        chip = found.chip
        functions = found.functions
        channels = found.channels
        sensors = found.channels.map { found.sensor(for: $0) }
        statuses = found.statuses
        state = Mutex(State(session: found.session))
    }

    deinit {
        close()
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readEnergy() -> [EnergyReading] {
        state.withLock { state in
            guard let functions, let session = state.session else {
                return channels.map { EnergyReading(closed: $0.channel) }
            }
            guard let entries = session.sample() else {
                let failure = SensorFailure(.failed, "IOReport gives no sample")
                return channels.map { EnergyReading(channel: $0.channel, value: .failed(failure)) }
            }
            let now = clock.instant()
            let machNow = functions.machTime()
            return channels.map { channel in
                guard let entry = entries.first(where: { $0.name == channel.name }) else {
                    let failure = SensorFailure(.lost, "IOReport lists \(channel.name) no more")
                    return EnergyReading(channel: channel.channel, value: .failed(failure))
                }
                let age = Self.age(of: entry, machNow: machNow, functions)
                return EnergyReading(
                    channel: channel.channel,
                    value: Self.value(of: entry, channel),
                    publishedAt: state.stamps.instant(of: entry, age: age, now: now)
                )
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func readDevices() -> [DeviceReading] {
        []
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func close() {
        state.withLock { state in
            state.session?.close()
            state.session = nil
        }
    }

    private static func age(
        of entry: IOReportSession.Entry,
        machNow: UInt64,
        _ functions: IOReportFunctions
    ) -> Duration {
        guard let stamp = entry.stamp else { return .zero }
        return stamp <= machNow
            ? .nanoseconds(functions.nanoseconds(ticks: machNow - stamp))
            : .zero - .nanoseconds(functions.nanoseconds(ticks: stamp - machNow))
    }

    private static func value(of entry: IOReportSession.Entry, _ channel: AppleChannel) -> EnergyReading.Value {
        guard let count = UInt64(exactly: entry.value) else {
            return .failed(SensorFailure(.unusable, "\(entry.name) is negative"))
        }
        guard entry.unit == channel.unit else {
            return .failed(SensorFailure(.unusable, "\(entry.name) changed its unit to \(entry.unit)"))
        }
        // A processor that runs this has used energy: some releases of macOS leave the channel at 0.
        if count == 0 && channel.rail == .processor {
            return .failed(SensorFailure(.unusable, "\(entry.name) stands at 0: this macOS does not count it"))
        }
        return .count(count)
    }
}
