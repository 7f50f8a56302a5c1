// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Makes calls' energies out of their shares of the channels.
struct CallEnergyMaker {
    let book: CallBook
    let meters: EnergyMeters

    /// A total is over the channels that worked throughout.
    ///
    /// One that was not measured when the call began is left out; one that failed in between makes the total unknown.
    func energy(of call: OpenCall) -> CallEnergy {
        var sum = ShareSum()
        var whole: [Int] = []
        for place in call.channels.places {
            switch call.shares[place] {
            case .none, .silent: continue
            case .awaited: return absent(call, "\(name(place)): not published in time")
            case .settled(let share):
                switch share.coverage {
                case .unmeasured: continue
                case .broken(let reason): return absent(call, "\(name(place)): \(reason)")
                case .whole:
                    whole.append(place)
                    sum.add(share, of: book.sensor(at: place))
                }
            }
        }
        guard !whole.isEmpty, let end = call.end else { return absent(call, unmeasuredReason(call)) }
        var energy = sum.energy(isStreamed: call.isStreamed)
        energy.devices = call.channels.names
        let use = meters.use(from: call.start, to: end, places: whole.map { book.meterPlaces[$0] })
        (energy.bound, energy.peakPower) = (use.bound, use.peakPower)
        return energy
    }

    func deviceUse(of call: OpenCall) -> DeviceUse {
        var use = DeviceUse()
        guard let end = call.end, !call.channels.devices.isEmpty else { return use }
        func mean(_ value: KeyPath<DeviceReading, Double?>, isSummed: Bool = false) -> Double? {
            let devices = call.channels.devices
            return meters.devices.statistics(
                of: value,
                devices: devices,
                from: call.start,
                to: end,
                isSummed: isSummed
            )?
            .mean
        }
        use.utilizationPercent = mean(\.utilizationPercent)
        use.memoryUsedGigabytes = mean(\.memoryUsedGigabytes, isSummed: true)
        use.temperatureCelsius = mean(\.temperatureCelsius)
        return use
    }

    private func absent(_ call: OpenCall, _ reason: String) -> CallEnergy {
        var energy = CallEnergy(absent: reason)
        energy.devices = call.channels.names
        return energy
    }

    private func unmeasuredReason(_ call: OpenCall) -> String {
        for place in call.channels.places {
            let reason = meters.meters[book.meterPlaces[place]].failure?.reason ?? book.ledger[place].lastGap
            if let reason { return "\(name(place)): \(reason)" }
        }
        return call.channels.places.isEmpty ? "no sensor" : "not measured when the call began"
    }

    private func name(_ place: Int) -> String {
        let channel = book.sensor(at: place).channel
        return "\(channel.device) \(channel.domain.rawValue)"
    }
}

/// The sum of a call's shares of the channels that worked throughout.
struct ShareSum {
    private var total: Int64 = 0
    /// Nothing once one part is not known.
    private var dynamic: Int64? = 0
    private var idle: Int64? = 0
    private var prefill: Int64? = 0
    private var decode: Int64? = 0
    /// Nothing where there is no part.
    private var cpu: Int64?
    private var gpu: Int64?
    private var dram: Int64?
    private var ane: Int64?
    private var mostActive = 0
    private var main: EnergySensor?
    private var methods: [EnergyMethod] = []

    mutating func add(_ share: ChannelShare, of sensor: EnergySensor) {
        let whole = share.whole
        total += whole.total
        dynamic = Self.sum(dynamic, whole.dynamic)
        idle = Self.sum(idle, whole.idle)
        prefill = Self.sum(prefill, share.second == nil ? nil : share.first.total)
        decode = Self.sum(decode, share.second?.total)
        let component = sensor.channel.domain.component
        switch component {
        case .cpu: cpu = (cpu ?? 0) + whole.total
        case .gpu: gpu = (gpu ?? 0) + whole.total
        case .dram: dram = (dram ?? 0) + whole.total
        case .ane: ane = (ane ?? 0) + whole.total
        case nil: break
        }
        mostActive = max(mostActive, share.mostActive)
        if main == nil || (component == .gpu && main?.channel.domain.component != .gpu) { main = sensor }
        methods.append(sensor.method)
    }

    func energy(isStreamed: Bool) -> CallEnergy {
        var energy = CallEnergy()
        energy.total = .nanojoules(total)
        energy.dynamic = dynamic.map(Energy.nanojoules)
        energy.idle = idle.map(Energy.nanojoules)
        if isStreamed {
            energy.prefill = prefill.map(Energy.nanojoules)
            energy.decode = decode.map(Energy.nanojoules)
        }
        energy.cpu = cpu.map(Energy.nanojoules)
        energy.gpu = gpu.map(Energy.nanojoules)
        energy.dram = dram.map(Energy.nanojoules)
        energy.ane = ane.map(Energy.nanojoules)
        energy.sharing = mostActive > 1 ? "shared(\(mostActive))" : "exclusive"
        let method = EnergyMethod.ofSum((main.map { [$0.method] } ?? []) + methods)
        energy.method = method?.rawValue
        // An estimate is nobody's sensor.
        energy.vendor = method == .estimated ? nil : main?.channel.device.vendor.rawValue
        return energy
    }

    private static func sum(_ left: Int64?, _ right: Int64?) -> Int64? {
        if let left, let right { left + right } else { nil }
    }
}
