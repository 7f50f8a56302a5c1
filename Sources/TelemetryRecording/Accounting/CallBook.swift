// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// The calls whose energy is not final, and the ledger that shares it out: a value without a clock.
struct CallBook: Sendable {
    private(set) var ledger: EnergyLedger
    /// Calls by their slot, which is the lower half of their number in the ledger; an empty slot keeps its last call.
    private(set) var calls: [OpenCall] = []
    private var freeSlots: [Int] = []
    private var numbers: [RecordID: LedgerCallID] = [:]
    private var nextNumber: UInt64 = 0
    private var queues: [String: Int] = [:]
    private var channels: [EngineDevices: EngineChannels] = [:]
    /// Slots of calls that are over and wait for no share.
    private var complete: [Int] = []
    /// By place in the ledger, the place of the same channel's meter; and the other way.
    let meterPlaces: [Int]
    private let ledgerPlaces: [Int: Int]
    private let sensors: [EnergySensor]
    /// Channels that were seen once and have not moved since; some counters never do.
    private var unmoved: [Int: MonotonicInstant] = [:]
    /// By place, whether the channel was given up and has said nothing since.
    private var isSilent: [Bool]
    var weights = AttributionWeights()

    init(sensors: [EnergySensor], policy: IdlePolicy) {
        let counted = sensors.indices.filter { sensors[$0].isCounted }
        meterPlaces = counted
        ledgerPlaces = Dictionary(uniqueKeysWithValues: counted.enumerated().map { ($0.element, $0.offset) })
        self.sensors = counted.map { sensors[$0] }
        isSilent = counted.map { _ in false }
        ledger = EnergyLedger(channels: self.sensors.map(\.channel), policy: policy)
    }

    func sensor(at place: Int) -> EnergySensor { sensors[place] }

    /// Places of the channels that were given up and have said nothing since.
    var silentPlaces: [Int] { isSilent.indices.filter { isSilent[$0] } }
}

/// Calls.
extension CallBook {
    /// Takes what calls told.
    ///
    /// - Returns: How many starts are over: by their end, or because they were told of twice.
    mutating func take(_ notices: [CallNotice]) -> Int {
        var over = 0
        for notice in notices {
            switch notice {
            case .started(let id, let time, let promptBytes, let upstream):
                if !start(id, at: time, promptBytes: promptBytes, upstream: upstream) { over += 1 }
            case .firstToken(let id, let time): firstToken(of: id, at: time)
            case .ended(let id, let time): if end(id, at: time) { over += 1 }
            }
        }
        return over
    }

    /// A call was sent.
    ///
    /// The same call sent again goes on where it was.
    private mutating func start(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        upstream: MeteredUpstream
    ) -> Bool {
        guard numbers[id] == nil else { return false }
        let channels = channels(of: upstream.devices)
        let number = open(id, at: time, channels)
        numbers[id] = number
        ledger.start(
            number,
            at: time,
            places: channels.places,
            weight: weights.prefill(promptBytes: promptBytes),
            queue: queue(upstream)
        )
        return true
    }

    private mutating func open(_ id: RecordID, at time: MonotonicInstant, _ channels: EngineChannels) -> LedgerCallID {
        let slot = freeSlots.popLast() ?? calls.count
        let number = LedgerCallID(nextNumber << 32 | UInt64(slot))
        nextNumber = (nextNumber + 1) & 0xFFFF_FFFF
        var shares = [OpenCall.Share](repeating: .none, count: sensors.count)
        for place in channels.places { shares[place] = isSilent[place] ? .silent : .awaited }
        let call = OpenCall(
            id: id,
            number: number,
            start: time,
            channels: channels,
            shares: shares,
            missing: channels.places.count { !isSilent[$0] }
        )
        if slot == calls.count { calls.append(call) } else { calls[slot] = call }
        return number
    }

    private mutating func channels(of devices: EngineDevices) -> EngineChannels {
        if let known = channels[devices] { return known }
        let places = sensors.indices.filter { devices.include(sensors[$0].channel.device) }
        var unique: [EnergyDeviceID] = []
        for place in places where !unique.contains(sensors[place].channel.device) {
            unique.append(sensors[place].channel.device)
        }
        var names: [String] = []
        for device in unique where !names.contains(device.identifier) { names.append(device.identifier) }
        let found = EngineChannels(places: places, names: devices == .host ? ["host"] : names, devices: unique)
        channels[devices] = found
        return found
    }

    private mutating func queue(_ upstream: MeteredUpstream) -> LedgerQueue? {
        guard let slots = upstream.slots else { return nil }
        let number = queues[upstream.name] ?? queues.count
        queues[upstream.name] = number
        return LedgerQueue(number: number, slots: slots)
    }

    private mutating func firstToken(of id: RecordID, at time: MonotonicInstant) {
        guard let number = numbers[id], let slot = slot(of: number) else { return }
        calls[slot].isStreamed = true
        ledger.firstToken(of: number, at: time, weight: weights.decodeWeight)
    }

    /// The call is over; returns false if it is not known, or was over already.
    private mutating func end(_ id: RecordID, at time: MonotonicInstant) -> Bool {
        guard let number = numbers.removeValue(forKey: id), let slot = slot(of: number) else { return false }
        calls[slot].end = time
        ledger.end(number, at: time)
        if calls[slot].missing == 0 { complete.append(slot) }
        return true
    }

    private func slot(of number: LedgerCallID) -> Int? {
        let slot = Int(number.number & 0xFFFF_FFFF)
        return slot < calls.count && calls[slot].number == number ? slot : nil
    }

    /// Whether a call is over and its energy is not final.
    var hasEnded: Bool {
        // A call that still runs is known by its record's identity, one that is over is not any more.
        calls.count - freeSlots.count > numbers.count
    }

    /// Whether a call is over and waits for no share.
    var hasComplete: Bool { !complete.isEmpty }

    /// Calls that are over since a time or longer, and wait for a share.
    func waiting(since time: MonotonicInstant) -> [OpenCall] {
        guard hasEnded else { return [] }
        return calls.filter { call in call.missing > 0 && call.end.map { $0 <= time } ?? false }
    }

    /// Takes calls out of the book that wait for no share, and for which a condition holds.
    mutating func remove(where isFinal: (OpenCall) -> Bool) -> [OpenCall] {
        guard !complete.isEmpty else { return [] }
        var final: [OpenCall] = []
        var others: [Int] = []
        for slot in complete {
            if isFinal(calls[slot]) {
                final.append(calls[slot])
                freeSlots.append(slot)
            } else {
                others.append(slot)
            }
        }
        complete = others
        return final.sorted { ($0.end ?? $0.start, $0.id) < ($1.end ?? $1.start, $1.id) }
    }
}

/// Energy.
extension CallBook {
    mutating func take(_ outcomes: [EnergyMeters.Outcome]) {
        for outcome in outcomes {
            guard let place = ledgerPlaces[outcome.place] else { continue }
            take(outcome.event, at: place)
        }
        gatherShares()
    }

    private mutating func take(_ event: ChannelMeter.Event, at place: Int) {
        switch event {
        // A counter that never moves measures nothing: it counts from its first step on, back to where it was seen.
        case .started(let instant): unmoved[place] = instant
        case .failed: break
        case .published, .gap:
            isSilent[place] = false
            if let start = unmoved.removeValue(forKey: place) { ledger.take(.started(at: start), at: place) }
            ledger.take(event, at: place)
        }
    }

    /// Settles without this channel the calls that wait for it; later ones do not wait for it until it speaks again.
    mutating func giveUp(on place: Int, at instant: MonotonicInstant, reason: String) {
        isSilent[place] = true
        ledger.interrupt(place: place, at: instant, reason: reason)
        gatherShares()
    }

    /// A channel that stands still because its device draws nothing has published that.
    mutating func confirmNothing(at place: Int, instant: MonotonicInstant) {
        guard unmoved[place] == nil else { return }
        isSilent[place] = false
        ledger.take(.published(at: instant, nanojoules: 0), at: place)
        gatherShares()
    }

    mutating func setForeign(fraction: Double?, device: EnergyDeviceID) {
        for place in sensors.indices where sensors[place].channel.device == device {
            ledger.setForeign(fraction: fraction, place: place)
        }
    }

    private mutating func gatherShares() {
        for (place, share) in ledger.takeSettled() {
            guard let slot = slot(of: share.call), calls[slot].awaits(place) else { continue }
            calls[slot].shares[place] = .settled(share)
            calls[slot].missing -= 1
            if calls[slot].missing == 0, calls[slot].end != nil { complete.append(slot) }
        }
    }
}
