// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Shares the energy of a machine among the calls that used it: one ledger for each channel.
///
/// The ledger is a value and knows no clock: whoever holds it tells it what happened, and when. For each channel, the
/// shares of the calls, idle, foreign and residual energy add up to what was measured, to the nanojoule, at any moment.
/// Work that waits where it cannot be seen, inside an engine whose slots are not known, counts as active.
public struct EnergyLedger: Sendable {
    /// The channels, in the order of their places.
    public let channels: [EnergyChannel]
    private var ledgers: [ChannelLedger]
    private var places: [EnergyChannel: Int]
    private var calls: [LedgerCallID: [Int]] = [:]

    /// Creates a ledger for some channels, each at most once.
    public init(channels: [EnergyChannel], policy: IdlePolicy = .amortised) {
        let unique = channels.enumerated().filter { channels.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        self.channels = unique
        ledgers = unique.map { _ in ChannelLedger(policy: policy) }
        places = Dictionary(uniqueKeysWithValues: unique.enumerated().map { ($0.element, $0.offset) })
    }

    /// The place of a channel; nothing if it is not one of the ledger's.
    public func place(of channel: EnergyChannel) -> Int? {
        places[channel]
    }

    /// The ledger of one channel.
    public subscript(place: Int) -> ChannelLedger {
        ledgers[place]
    }

    /// A call was sent to an engine that uses the channels at these places.
    public mutating func start(
        _ call: LedgerCallID,
        at time: MonotonicInstant,
        places: [Int],
        weight: LedgerWeight,
        queue: LedgerQueue? = nil
    ) {
        let areValid = places.allSatisfy(ledgers.indices.contains)
        let valid = areValid ? places : places.filter(ledgers.indices.contains)
        // The first start holds: its places are those that the end must reach.
        guard calls[call] == nil else { return }
        calls[call] = valid
        for place in valid { ledgers[place].tell(LedgerEvent(.start(weight, queue), of: call, at: time)) }
    }

    /// The call's first token came.
    public mutating func firstToken(of call: LedgerCallID, at time: MonotonicInstant, weight: LedgerWeight = .one) {
        for place in calls[call] ?? [] {
            ledgers[place].tell(LedgerEvent(.firstToken(weight), of: call, at: time))
        }
    }

    /// The call is over.
    public mutating func end(_ call: LedgerCallID, at time: MonotonicInstant) {
        for place in calls.removeValue(forKey: call) ?? [] {
            ledgers[place].tell(LedgerEvent(.end, of: call, at: time))
        }
    }

    /// Takes what a meter made of a reading of the channel at a place.
    public mutating func take(_ event: ChannelMeter.Event, at place: Int) {
        guard ledgers.indices.contains(place) else { return }
        switch event {
        case .started(let instant): ledgers[place].start(at: instant)
        case .published(let instant, let nanojoules): ledgers[place].publish(at: instant, nanojoules: nanojoules)
        case .gap(let instant, let nanojoules, let reason):
            ledgers[place].interrupt(at: instant, reason: reason)
            ledgers[place].start(at: instant, unseen: nanojoules)
        case .failed: break
        }
    }

    /// Gives up on a channel that was silent for too long: calls that wait for it are settled without it.
    public mutating func interrupt(place: Int, at instant: MonotonicInstant, reason: String) {
        guard ledgers.indices.contains(place) else { return }
        ledgers[place].interrupt(at: instant, reason: reason)
    }

    /// Tells which part of the dynamic energy at a place other processes cause; nothing if it is unknown.
    public mutating func setForeign(fraction: Double?, place: Int) {
        guard ledgers.indices.contains(place) else { return }
        ledgers[place].setForeign(fraction: fraction)
    }

    /// Takes the shares that became final, with the places of their channels.
    public mutating func takeSettled() -> [(place: Int, share: ChannelShare)] {
        var all: [(place: Int, share: ChannelShare)] = []
        for place in ledgers.indices where ledgers[place].hasSettled {
            for share in ledgers[place].takeSettled() { all.append((place, share)) }
        }
        return all
    }

    /// Where the energy of the channel at a place went.
    public func accounts(at place: Int) -> EnergyAccounts {
        ledgers[place].accounts()
    }
}
