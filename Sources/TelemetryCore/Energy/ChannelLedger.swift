// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Shares the energy of one channel among the calls that used it.
///
/// Starts, first tokens and ends wait until a publication closes the interval that they lie in; then they are applied
/// in the order of time, with the interval's energy spread evenly. Each costs the same however many calls run, because
/// a call's share is read off a virtual time when it enters a phase and when it leaves it.
public struct ChannelLedger: Sendable {
    var policy: IdlePolicy
    private var events: EventQueue<LedgerEvent> = EventQueue()
    var calls: [LedgerCallID: ActiveCall] = [:]
    var queues: [Int: WaitingLine] = [:]
    /// Dynamic energy by weight; while idle power is unknown, all energy.
    var dynamicTime = VirtualTime()
    /// Idle energy by head.
    var idleTime = VirtualTime()
    var sharing = ActiveCountHistory()
    private(set) var idlePower = IdlePowerEstimator()
    private var idleAccount: UInt128 = 0
    private var paid: Int64 = 0
    private var measured: Int64 = 0
    private var foreign: Int64 = 0
    private var gapLength: Int64 = 0
    private var foreignParts: UInt64?
    private var idleKnownLength: Int64 = 0
    private var foreignKnownLength: Int64 = 0
    /// Up to where energy is known; nothing before the first reading.
    private var knot: Int64?
    private var isMeasured = false
    /// Counts the gaps; a call that leaves with another count than it entered with was not measured throughout.
    private(set) var gapCount = 0
    private(set) var gapReason = "not measured"
    var settled: [ChannelShare] = []

    /// Creates a ledger that has seen nothing.
    public init(policy: IdlePolicy = .amortised) {
        self.policy = policy
    }

    /// The idle power, once it is known.
    public var idle: Power? { idlePower.nanowatts.map { .watts(Double($0) / 1e9) } }
    /// Why there was a gap the last time; nothing if there was none.
    package var lastGap: String? { gapCount > 0 ? gapReason : nil }
    /// The number of calls that share the channel now, as far as it is known.
    public var activeCount: Int { Int(idleTime.weight) }
    /// Up to where energy was shared out.
    public var sharedThrough: MonotonicInstant? { knot.map(MonotonicInstant.init(nanoseconds:)) }

    /// Tells of a start, a first token or an end.
    ///
    /// It is applied once the energy up to it is known.
    public mutating func tell(_ event: LedgerEvent) {
        events.insert(event)
    }

    /// Tells which part of the device's dynamic energy other processes cause, from now on; nothing, or what is no
    /// number, if it is unknown.
    public mutating func setForeign(fraction: Double?) {
        foreignParts = fraction.flatMap { $0.isNaN ? nil : UInt64((min(max($0, 0), 1) * 65_536).rounded()) }
    }

    /// Whether shares became final since they were last taken.
    public var hasSettled: Bool { !settled.isEmpty }

    /// Takes the shares that became final since the last time.
    public mutating func takeSettled() -> [ChannelShare] {
        defer { settled.removeAll(keepingCapacity: true) }
        return settled
    }
}

/// What a channel measured.
extension ChannelLedger {
    /// From this instant on the channel is measured; so much was used, unseen, since it was last.
    public mutating func start(at instant: MonotonicInstant, unseen nanojoules: UInt64? = nil) {
        let time = max(instant.nanoseconds, knot ?? .min)
        passGap(until: time)
        measured += Int64(clamping: nanojoules ?? 0)
        knot = time
        isMeasured = true
    }

    /// Nothing is measured between the last publication and this instant; calls that run are not measured throughout.
    public mutating func interrupt(at instant: MonotonicInstant, reason: String) {
        let time = max(instant.nanoseconds, knot ?? .min)
        let wasMeasured = isMeasured
        if isMeasured {
            isMeasured = false
            gapCount += 1
            gapReason = reason
        }
        // A call that began since the last publication began while all was well, and the gap strikes it too.
        passGap(until: time, beginning: wasMeasured ? gapCount - 1 : nil)
        knot = time
    }

    /// So much energy was used since the last publication.
    ///
    /// Where nothing was measured before, the measuring begins.
    public mutating func publish(at instant: MonotonicInstant, nanojoules: UInt64) {
        guard isMeasured, let start = knot else { return self.start(at: instant, unseen: nanojoules) }
        let end = max(instant.nanoseconds, start)
        measured += Int64(clamping: nanojoules)
        let idleEnergy = idlePower.energy(nanoseconds: end - start, atMost: nanojoules)
        var rest = nanojoules - (idleEnergy ?? 0)
        if let foreignParts {
            foreignKnownLength += end - start
            let part = UInt64(UInt128(rest) * UInt128(foreignParts) / 65_536)
            foreign += Int64(clamping: part)
            rest -= part
        }
        let isQuiet = calls.isEmpty && (foreignParts ?? 0) == 0 && !events.hasEvent(through: end)
        share(
            dynamic: EvenEnergy(nanojoules: rest, from: start, to: end),
            idle: EvenEnergy(nanojoules: idleEnergy ?? 0, from: start, to: end)
        )
        if isQuiet || idleEnergy != nil { idleKnownLength += end - start }
        if isQuiet { idlePower.add(nanojoules: nanojoules, nanoseconds: end - start) }
        knot = end
    }

    /// Applies what happened up to a time that lies in a gap.
    ///
    /// - Parameters:
    ///   - time: The time.
    ///   - gapCount: The gaps before this one, if calls begin as measured; nothing if they begin in the midst of it.
    private mutating func passGap(until time: Int64, beginning gapCount: Int? = nil) {
        if let knot, !isMeasured { gapLength += max(time - knot, 0) }
        while let event = events.next(through: time) {
            apply(event, isMeasured: isMeasured || gapCount != nil, gapCount: gapCount)
        }
    }

    private mutating func share(dynamic: EvenEnergy, idle: EvenEnergy) {
        var fed: (dynamic: UInt128, idle: UInt128) = (0, 0)
        func feed(_ ledger: inout ChannelLedger, until time: Int64) {
            let (dynamicUsed, idleUsed) = (dynamic.used(at: time), idle.used(at: time))
            ledger.feed(dynamic: dynamicUsed - fed.dynamic, idle: idleUsed - fed.idle)
            fed = (dynamicUsed, idleUsed)
        }
        while let event = events.next(through: dynamic.end) {
            feed(&self, until: event.time.nanoseconds)
            apply(event, isMeasured: true)
        }
        feed(&self, until: dynamic.end)
    }

    private mutating func feed(dynamic: UInt128, idle: UInt128) {
        guard dynamicTime.weight > 0 else {
            idleAccount += dynamic + idle
            return
        }
        dynamicTime.feed(dynamic)
        idleTime.feed(idle)
        if policy == .excluded { idleAccount += idle }
    }
}

/// The accounts.
extension ChannelLedger {
    mutating func pay(_ share: PhaseShare) {
        paid += share.total
    }

    /// Where the energy went, up to the last publication.
    public func accounts() -> EnergyAccounts {
        var accounts = EnergyAccounts()
        let flying = dynamicTime.inFlight + (policy == .amortised ? idleTime.inFlight : 0)
        accounts.measured = measured
        accounts.idle = VirtualTime.nanojoules(idleAccount)
        accounts.foreign = foreign
        accounts.attributed = paid + VirtualTime.nanojoules(flying)
        // The fractions of two accounts meet here: between two looks it can shrink by a nanojoule, never below zero.
        accounts.residual = measured - accounts.attributed - accounts.idle - foreign
        accounts.idleKnownNanoseconds = idleKnownLength
        accounts.foreignKnownNanoseconds = foreignKnownLength
        accounts.gapNanoseconds = gapLength
        return accounts
    }
}
