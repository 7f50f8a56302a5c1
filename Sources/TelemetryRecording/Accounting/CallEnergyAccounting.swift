// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle
import Synchronization
public import TelemetryCore

/// Gives each call its share of the machine's energy: the one lock around the ledger.
///
/// Whoever makes calls tells when each was sent, when its first token came and when it was over; each of these takes
/// microseconds and waits for no sensor. Some time after the end, when the sensors have published what was used up to
/// it, the call's energy is delivered, once; after five seconds it is delivered as absent, with the reason.
public final class CallEnergyAccounting: Sendable {
    /// What is done with calls' energies and with accounts.
    public struct Configuration: Sendable, Hashable {
        /// What happens to idle energy while calls run.
        public var idlePolicy = IdlePolicy.amortised
        /// What calls weigh against each other.
        public var weights = AttributionWeights()
        /// How long a call's energy is waited for.
        ///
        /// Defaults to 5 s.
        public var patience = Duration.seconds(5)

        /// Creates the default configuration.
        public init() {}
    }

    /// Whether a call's energy is still to come.
    public enum State: Sendable, Hashable {
        /// It will be delivered.
        case pending
        /// It is known that there is none, and why.
        case absent(CallEnergy)
    }

    private struct Shared {
        var book: CallBook
        var reported: [EnergyAccounts]
        var minute: Int64?
        var second: Int64?
        var engineProcesses: Set<Int32>?
        var otherProcesses: Set<Int32>?
        var power: [EnergyDeviceID: Power] = [:]
    }

    private let sampler: EnergySampler
    private let configuration: Configuration
    private let role: MeterRole
    private let clock: TelemetryClock
    private let shared: Mutex<Shared>
    private let inbox = CallInbox()
    /// Those that a total counts.
    private let sensors: [EnergySensor]
    private let deliver: @Sendable ([MeteredCall]) -> Void
    private let deliverAccounts: @Sendable ([MinuteAccount]) -> Void
    private let deliverPower: @Sendable ([ChannelPower]) -> Void

    /// Creates an accounting over a sampler that somebody else runs.
    ///
    /// - Parameters:
    ///   - sampler: What reads the machine. It should pace on demand: calls ask for the fast pace.
    ///   - role: Whether this process is the one that shares out the machine's energy.
    ///   - configuration: The rules.
    ///   - deliverAccounts: Takes the accounts of each minute, on a sampler's thread; it must not block.
    ///   - deliverPower: Takes the power of each second, two seconds later; it must not block.
    ///   - deliver: Takes calls whose energy is final, on a sampler's thread; it must not block.
    public init(
        sampler: EnergySampler,
        role: MeterRole = .meter,
        configuration: Configuration = Configuration(),
        deliverAccounts: @escaping @Sendable ([MinuteAccount]) -> Void = { _ in },
        deliverPower: @escaping @Sendable ([ChannelPower]) -> Void = { _ in },
        deliver: @escaping @Sendable ([MeteredCall]) -> Void
    ) {
        self.sampler = sampler
        self.role = role
        self.configuration = configuration
        self.deliver = deliver
        self.deliverAccounts = deliverAccounts
        self.deliverPower = deliverPower
        clock = sampler.clock
        let all = sampler.withMeters(\.sensors)
        sensors = all.filter(\.isCounted)
        var book = CallBook(sensors: all, policy: configuration.idlePolicy)
        book.weights = configuration.weights
        shared = Mutex(Shared(book: book, reported: book.ledger.channels.map { _ in EnergyAccounts() }))
        sampler.observe { [weak self] outcomes, devices in self?.take(outcomes, devices: devices) }
        takeUpRunning()
    }

    /// A sampler that runs already told of its channels before anyone listened: they count from what they last published.
    private func takeUpRunning() {
        let known = sampler.withMeters { meters in
            meters.meters.indices.compactMap { place -> EnergyMeters.Outcome? in
                let meter = meters.meters[place]
                guard meter.failure == nil, let last = meter.trace.lastInstant else { return nil }
                return EnergyMeters.Outcome(place: place, event: .started(at: last))
            }
        }
        shared.withLock { $0.book.take(known) }
    }

    /// A call was sent to an upstream.
    ///
    /// Sent again, it is the same call.
    ///
    /// - Returns: Whether its energy is to come; if not, the record is final as far as energy goes, and ``callEnded(_:at:)``
    ///   need not be told.
    public func callStarted(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        upstream: MeteredUpstream
    ) -> State {
        if let reason = emptyReason(upstream.devices) { return .absent(CallEnergy(absent: reason)) }
        inbox.append(.started(id, time, promptBytes: promptBytes, upstream))
        sampler.beginActivity()
        return .pending
    }

    /// The call's first token came; only for a call that is streamed.
    public func firstToken(of id: RecordID, at time: MonotonicInstant) {
        inbox.append(.firstToken(id, time))
    }

    /// The call is over, whatever its end.
    ///
    /// Its energy is delivered later.
    public func callEnded(_ id: RecordID, at time: MonotonicInstant) {
        inbox.append(.ended(id, time))
    }

    /// Why calls to an upstream have no energy whatever the sensors say; nothing if they have some.
    private func emptyReason(_ devices: EngineDevices) -> String? {
        if case .remote = devices { return "remote" }
        if case .meteredBy(let process) = role { return "metered by \(process)" }
        if sensors.contains(where: { devices.include($0.channel.device) }) { return nil }
        guard case .devices(let names) = devices, !sensors.isEmpty else { return "no sensor" }
        return "no sensor for \(names.joined(separator: ", "))"
    }

    /// Brings the book up to what calls have told, and looks at it.
    private func withBook<Result: Sendable>(_ body: (inout Shared) -> Result) -> Result {
        shared.withLock { shared in
            let over = shared.book.take(inbox.take())
            if over > 0 { sampler.endActivity(of: over) }
            return body(&shared)
        }
    }

    /// Tells which processes are the engines', so that what others use of a device is kept apart.
    ///
    /// - Parameters:
    ///   - processes: The engines' processes; nothing if they are unknown, so that foreign energy is too.
    ///   - others: The processes that are known to be no engine's. While one runs that is neither, foreign energy is
    ///     unknown. Defaults to all processes but the engines'.
    public func setEngineProcesses(_ processes: Set<Int32>?, others: Set<Int32>? = nil) {
        shared.withLock { shared in
            shared.engineProcesses = processes
            shared.otherProcesses = others
        }
    }

    /// Where the energy of each channel went since the accounting began.
    public var accounts: [(channel: EnergyChannel, accounts: EnergyAccounts)] {
        withBook { shared in
            let ledger = shared.book.ledger
            return ledger.channels.indices.map { (ledger.channels[$0], ledger.accounts(at: $0)) }
        }
    }

    /// The idle power of each channel for which it is known.
    public var idlePower: [EnergyChannel: Power] {
        shared.withLock { shared in
            let ledger = shared.book.ledger
            let known = ledger.channels.indices.compactMap { place in
                ledger[place].idle.map { (ledger.channels[place], $0) }
            }
            return Dictionary(uniqueKeysWithValues: known)
        }
    }
}

/// What sensors said.
extension CallEnergyAccounting {
    func take(_ outcomes: [EnergyMeters.Outcome], devices: [DeviceReading]?) {
        let wall = clock.wall()
        let (calls, minutes, isNewSecond) = withBook { shared in
            if let devices { Self.take(devices, into: &shared) }
            let minutes = Self.closedMinute(at: wall, in: &shared)
            let second = wall.microsecondsSinceEpoch / 1_000_000
            defer { shared.second = second }
            shared.book.take(outcomes)
            return (finished(in: &shared, at: clock.instant()), minutes, shared.second != second)
        }
        if isNewSecond, role == .meter { tellPower(at: wall) }
        if !minutes.isEmpty { deliverAccounts(minutes) }
        if !calls.isEmpty { deliver(calls) }
    }

    /// The second that ended a second ago: by then the slow pace has published it too.
    private func tellPower(at wall: WallTime) {
        let end = clock.instant().advanced(by: .seconds(-1))
        let start = end.advanced(by: .seconds(-1))
        let second = WallTime(microsecondsSinceEpoch: (wall.microsecondsSinceEpoch / 1_000_000 - 2) * 1_000_000)
        let powers = sampler.windows(from: start, to: end).compactMap { channel in
            channel.window.meanPower.map {
                ChannelPower(second: second, channel: channel.sensor.channel, power: $0)
            }
        }
        if !powers.isEmpty { deliverPower(powers) }
    }

    private static func take(_ devices: [DeviceReading], into shared: inout Shared) {
        let own = shared.engineProcesses ?? []
        // Without one of ours on any list the numbers may be those of another namespace, and prove nothing.
        let isProven = devices.contains { $0.processes?.contains { own.contains($0.processID) } ?? false }
        for device in devices {
            shared.power[device.device] = device.power
            let fraction =
                isProven ? foreignFraction(device.processes, own: own, others: shared.otherProcesses) : nil
            shared.book.setForeign(fraction: fraction, device: device.device)
        }
    }

    /// The part of a device's work that processes other than the engines' do; nothing if it cannot be told.
    static func foreignFraction(
        _ processes: [DeviceProcess]?,
        own: Set<Int32>,
        others: Set<Int32>? = nil
    ) -> Double? {
        guard let processes else { return nil }
        let foreign = processes.filter { !own.contains($0.processID) }
        if foreign.isEmpty { return 0 }
        if let others, !foreign.allSatisfy({ others.contains($0.processID) }) { return nil }
        guard processes.allSatisfy({ $0.utilizationPercent != nil }) else { return nil }
        let all = processes.reduce(0) { $0 + ($1.utilizationPercent ?? 0) }
        return all > 0 ? foreign.reduce(0) { $0 + ($1.utilizationPercent ?? 0) } / all : 0
    }

    /// Calls that wait for nothing any more.
    ///
    /// A share is final with the publication that closes its interval; the bound may need one more, which is waited for
    /// as long as for the share.
    private func finished(in shared: inout Shared, at now: MonotonicInstant) -> [MeteredCall] {
        guard shared.book.hasComplete else { return [] }
        return sampler.withMeters { meters in
            let meterPlaces = shared.book.meterPlaces
            let final = shared.book.remove { call in
                guard let end = call.end else { return false }
                if now - end >= configuration.patience { return true }
                return call.channels.places.allSatisfy { place in
                    call.share(at: place)?.coverage != .whole
                        || meters.meters[meterPlaces[place]].trace.isSettled(at: end)
                }
            }
            let maker = CallEnergyMaker(book: shared.book, meters: meters)
            return final.map { MeteredCall(id: $0.id, energy: maker.energy(of: $0), device: maker.deviceUse(of: $0)) }
        }
    }
}

/// What time brings.
extension CallEnergyAccounting {
    /// Looks for calls that have waited too long, four times a second, until the task is cancelled.
    public func run() async {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do { try await Task.sleep(for: .milliseconds(250)) } catch { break }
            expire()
        }
        deliverAccounts(withBook { Self.openMinute(at: clock.wall(), in: &$0) })
    }

    /// Settles the calls that have waited too long, without the channels that they wait for.
    public func expire() {
        let now = clock.instant()
        let calls = withBook { shared in
            let late = shared.book.waiting(since: now.advanced(by: .zero - configuration.patience))
            let awaited = late.flatMap { call in call.channels.places.filter(call.awaits) }
            // What has been silent is asked again and again, since calls no longer ask for it.
            for place in Set(awaited).union(shared.book.silentPlaces) { giveUp(on: place, in: &shared, at: now) }
            return finished(in: &shared, at: now)
        }
        if !calls.isEmpty { deliver(calls) }
    }

    /// Waits until every call that is over was delivered, and no longer than the patience of one.
    public func drain() async {
        let step = Duration.milliseconds(10)
        for _ in 0..<Int((configuration.patience + .milliseconds(500)) / step) {
            guard withBook({ $0.book.hasEnded }) else { return }
            do { try await Task.sleep(for: step) } catch { return }
            expire()
        }
    }

    private func giveUp(on place: Int, in shared: inout Shared, at now: MonotonicInstant) {
        let sensor = shared.book.sensor(at: place)
        let meterPlace = shared.book.meterPlaces[place]
        let (failure, lastGood) = sampler.withMeters { meters in
            (meters.meters[meterPlace].failure, meters.meters[meterPlace].lastGoodReading)
        }
        let isRead = failure == nil && lastGood.map { now - $0 < configuration.patience } ?? false
        // Below half a watt a device sleeps, and a counter that stands still says the truth.
        if isRead, let power = shared.power[sensor.channel.device], power.watts < 0.5 {
            shared.book.confirmNothing(at: place, instant: now)
        } else {
            let reason = failure?.reason ?? (isRead ? "the counter stands still" : "the sensor does not answer")
            shared.book.giveUp(on: place, at: now, reason: reason)
        }
    }

    /// The accounts of the minute before, if it is over.
    private static func closedMinute(at wall: WallTime, in shared: inout Shared) -> [MinuteAccount] {
        let minute = wall.microsecondsSinceEpoch / 60_000_000
        guard let open = shared.minute, open != minute else {
            shared.minute = minute
            return []
        }
        let accounts = accounts(of: open, in: &shared)
        shared.minute = minute
        return accounts
    }

    private static func openMinute(at wall: WallTime, in shared: inout Shared) -> [MinuteAccount] {
        accounts(of: shared.minute ?? wall.microsecondsSinceEpoch / 60_000_000, in: &shared)
    }

    private static func accounts(of minute: Int64, in shared: inout Shared) -> [MinuteAccount] {
        let ledger = shared.book.ledger
        return ledger.channels.indices.compactMap { place in
            let now = ledger.accounts(at: place)
            let part = now - shared.reported[place]
            shared.reported[place] = now
            guard part.measured != 0 || part.gapNanoseconds != 0 else { return nil }
            return MinuteAccount(
                minute: WallTime(microsecondsSinceEpoch: minute * 60_000_000),
                channel: ledger.channels[place],
                accounts: part
            )
        }
    }
}
