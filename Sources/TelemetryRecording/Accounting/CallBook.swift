// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// The calls whose energy is not final, and the ledger that shares it out: a value without a clock.
struct CallBook: Sendable {
    /// A call between its start and the moment when its energy is final.
    struct OpenCall: Sendable {
        var id: RecordID
        var start: MonotonicInstant
        var end: MonotonicInstant?
        var isStreamed = false
        /// The places of its channels in the ledger.
        var places: [Int]
        /// What its record calls its devices.
        var devices: [String]
        var shares: [Int: ChannelShare] = [:]
    }

    private(set) var ledger: EnergyLedger
    private(set) var calls: [LedgerCallID: OpenCall] = [:]
    private var numbers: [RecordID: LedgerCallID] = [:]
    private var nextNumber: UInt64 = 0
    private var queues: [String: Int] = [:]
    /// By place in the ledger, the place of the same channel's meter; and the other way.
    let meterPlaces: [Int]
    private let ledgerPlaces: [Int: Int]
    private let sensors: [EnergySensor]
    /// Channels that were seen once and have not moved since; some counters never do.
    private var unmoved: [Int: MonotonicInstant] = [:]
    var weights = AttributionWeights()

    init(sensors: [EnergySensor], policy: IdlePolicy) {
        let counted = sensors.indices.filter { sensors[$0].isCounted }
        meterPlaces = counted
        ledgerPlaces = Dictionary(uniqueKeysWithValues: counted.enumerated().map { ($0.element, $0.offset) })
        self.sensors = counted.map { sensors[$0] }
        ledger = EnergyLedger(channels: self.sensors.map(\.channel), policy: policy)
    }

    /// Places in the ledger of an upstream's channels.
    func places(of devices: EngineDevices) -> [Int] {
        switch devices {
        case .remote: []
        case .host: Array(sensors.indices)
        case .devices(let names): sensors.indices.filter { names.contains(sensors[$0].channel.device.identifier) }
        }
    }

    func sensor(at place: Int) -> EnergySensor { sensors[place] }
}

/// Calls.
extension CallBook {
    /// A call was sent.
    ///
    /// The same call sent again goes on where it was.
    mutating func start(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        upstream: MeteredUpstream,
        places: [Int]
    ) -> Bool {
        guard numbers[id] == nil else { return false }
        let number = LedgerCallID(nextNumber)
        nextNumber += 1
        numbers[id] = number
        var call = OpenCall(id: id, start: time, places: places, devices: [])
        call.devices = names(of: upstream.devices, places: places)
        calls[number] = call
        ledger.start(
            number,
            at: time,
            places: places,
            weight: weights.prefill(promptBytes: promptBytes),
            queue: queue(upstream)
        )
        return true
    }

    private func names(of devices: EngineDevices, places: [Int]) -> [String] {
        if case .host = devices { return ["host"] }
        var names: [String] = []
        for place in places {
            let name = sensors[place].channel.device.identifier
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private mutating func queue(_ upstream: MeteredUpstream) -> LedgerQueue? {
        guard let slots = upstream.slots else { return nil }
        let number = queues[upstream.name] ?? queues.count
        queues[upstream.name] = number
        return LedgerQueue(number: number, slots: slots)
    }

    mutating func firstToken(of id: RecordID, at time: MonotonicInstant) {
        guard let number = numbers[id] else { return }
        calls[number]?.isStreamed = true
        ledger.firstToken(of: number, at: time, weight: weights.decodeWeight)
    }

    /// The call is over; returns false if it is not known, or was over already.
    mutating func end(_ id: RecordID, at time: MonotonicInstant) -> Bool {
        guard let number = numbers.removeValue(forKey: id) else { return false }
        calls[number]?.end = time
        ledger.end(number, at: time)
        return true
    }

    /// Takes calls out of the book for which a condition holds.
    mutating func remove(where isFinal: (OpenCall) -> Bool) -> [OpenCall] {
        let final = calls.filter { $0.value.end != nil && isFinal($0.value) }
        for number in final.keys { calls[number] = nil }
        return final.values.sorted { ($0.end ?? $0.start, $0.id) < ($1.end ?? $1.start, $1.id) }
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
            if let start = unmoved.removeValue(forKey: place) { ledger.take(.started(at: start), at: place) }
            ledger.take(event, at: place)
        }
    }

    /// Settles without these channels the calls that wait for them.
    mutating func giveUp(on place: Int, at instant: MonotonicInstant, reason: String) {
        ledger.interrupt(place: place, at: instant, reason: reason)
        gatherShares()
    }

    /// A channel that stands still because its device draws nothing has published that.
    mutating func confirmNothing(at place: Int, instant: MonotonicInstant) {
        guard unmoved[place] == nil else { return }
        ledger.take(.published(at: instant, nanojoules: 0), at: place)
        gatherShares()
    }

    mutating func setForeign(fraction: Double?, device: EnergyDeviceID) {
        for place in sensors.indices where sensors[place].channel.device == device {
            ledger.setForeign(fraction: fraction, place: place)
        }
    }

    private mutating func gatherShares() {
        for (place, share) in ledger.takeSettled() { calls[share.call]?.shares[place] = share }
    }
}
