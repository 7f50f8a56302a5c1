// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A call as the ledger knows it.
public struct LedgerCallID: Sendable, Hashable {
    /// A number that no other call of the same ledger has.
    public let number: UInt64

    /// Creates an identity.
    public init(_ number: UInt64) {
        self.number = number
    }
}

/// What happens to idle energy while calls run.
public enum IdlePolicy: String, Sendable, Hashable, CaseIterable {
    /// The calls that run share it equally.
    case amortised
    /// It stays an account of its own; a call's total is its dynamic energy.
    case excluded
}

/// Calls that wait for each other: those of one upstream whose engine has so many slots.
public struct LedgerQueue: Sendable, Hashable {
    /// A number that no other queue of the same ledger has.
    public let number: Int
    /// The number of calls that run at once; later ones wait, and weigh nothing.
    public let slots: Int

    /// Creates a queue of at least one slot.
    public init(number: Int, slots: Int) {
        self.number = number
        self.slots = max(slots, 1)
    }
}

/// Energy of one phase of a call on one channel, in nanojoules.
public struct PhaseShare: Sendable, Hashable {
    /// The call's share, idle included where the policy says so.
    public var total: Int64 = 0
    /// The part of it, or beside it, that is idle; absent if idle power was not known yet.
    public var idle: Int64? = 0
    /// The part that the call caused; absent if idle power was not known yet.
    public var dynamic: Int64? = 0

    /// Creates a share of nothing.
    public init() {}

    /// Both phases together.
    public static func + (left: PhaseShare, right: PhaseShare) -> PhaseShare {
        var sum = PhaseShare()
        sum.total = left.total + right.total
        sum.idle = left.idle.flatMap { first in right.idle.map { first + $0 } }
        sum.dynamic = left.dynamic.flatMap { first in right.dynamic.map { first + $0 } }
        return sum
    }
}

/// A call's share of one channel, final.
public struct ChannelShare: Sendable, Hashable {
    /// How much of the call the channel saw.
    public enum Coverage: Sendable, Hashable {
        /// All of it.
        case whole
        /// The channel was not measured when the call began.
        case unmeasured
        /// The channel was measured when the call began, and not throughout; the text says why.
        case broken(String)
    }

    /// The call.
    public var call: LedgerCallID
    /// How much of the call the channel saw.
    public var coverage: Coverage
    /// From start to first token, or to the end if no first token was told.
    public var first: PhaseShare
    /// From first token to end; nothing if no first token was told.
    public var second: PhaseShare?
    /// The most calls that were active at once while this one was.
    public var mostActive: Int

    /// The whole call.
    public var whole: PhaseShare { second.map { first + $0 } ?? first }
}

/// Where the energy of a channel went, in nanojoules, since the ledger began.
///
/// `measured` is always `attributed + idle + foreign + residual`, exactly.
public struct EnergyAccounts: Sendable, Hashable {
    /// What the sensor measured.
    public var measured: Int64 = 0
    /// What calls have been given, those that still run included.
    public var attributed: Int64 = 0
    /// What the device drew without working for anyone known.
    public var idle: Int64 = 0
    /// What other processes caused.
    public var foreign: Int64 = 0
    /// What rounding and gaps left.
    public var residual: Int64 = 0
    /// The time for which idle energy was told from that of calls, in nanoseconds: no call ran, or idle power was known.
    public var idleKnownNanoseconds: Int64 = 0
    /// The time for which the foreign account was known, in nanoseconds.
    public var foreignKnownNanoseconds: Int64 = 0
    /// The time in which nothing was measured, in nanoseconds.
    public var gapNanoseconds: Int64 = 0

    /// Creates empty accounts.
    public init() {}

    /// Whether the idle account is known for any of the time.
    public var isIdleKnown: Bool { idleKnownNanoseconds > 0 || idle != 0 }
    /// Whether the foreign account is known for any of the time.
    public var isForeignKnown: Bool { foreignKnownNanoseconds > 0 || foreign != 0 }

    /// What was added since an earlier state.
    public static func - (later: EnergyAccounts, earlier: EnergyAccounts) -> EnergyAccounts {
        var difference = EnergyAccounts()
        difference.measured = later.measured - earlier.measured
        difference.attributed = later.attributed - earlier.attributed
        difference.idle = later.idle - earlier.idle
        difference.foreign = later.foreign - earlier.foreign
        difference.residual = later.residual - earlier.residual
        difference.idleKnownNanoseconds = later.idleKnownNanoseconds - earlier.idleKnownNanoseconds
        difference.foreignKnownNanoseconds = later.foreignKnownNanoseconds - earlier.foreignKnownNanoseconds
        difference.gapNanoseconds = later.gapNanoseconds - earlier.gapNanoseconds
        return difference
    }
}
