// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Makes a call's energy out of its shares of the channels.
struct CallEnergyMaker {
    let call: CallBook.OpenCall
    let book: CallBook
    let meters: EnergyMeters

    /// A total is over the channels that worked throughout.
    ///
    /// One that was not measured when the call began is left out; one that failed in between makes the total unknown.
    func energy() -> CallEnergy {
        if let broken = brokenReason() { return absent(broken) }
        let whole = call.places.filter { call.shares[$0]?.coverage == .whole }
        guard !whole.isEmpty, let end = call.end else { return absent(unmeasuredReason()) }
        var energy = CallEnergy()
        energy.devices = call.devices
        setShares(&energy, places: whole)
        setOrigin(&energy, sensors: whole.map(book.sensor))
        let meterPlaces = whole.map { book.meterPlaces[$0] }
        let windows = meterPlaces.map { meters.meters[$0].trace.window(from: call.start, to: end) }
        // A bound that is not known for one part is not known for the whole.
        energy.bound = windows.contains(nil) ? nil : windows.reduce(Energy.zero) { $0 + ($1?.bound ?? .zero) }
        energy.peakPower = meters.peakPower(from: call.start, to: end, places: meterPlaces)
        let most = whole.compactMap { call.shares[$0]?.mostActive }.max() ?? 0
        energy.sharing = most > 1 ? "shared(\(most))" : "exclusive"
        return energy
    }

    func deviceUse() -> DeviceUse {
        var use = DeviceUse()
        guard let end = call.end, !call.places.isEmpty else { return use }
        let devices = call.places.map { book.sensor(at: $0).channel.device }
        let history = meters.devices
        use.utilizationPercent =
            history.statistics(
                of: \.utilizationPercent,
                devices: devices,
                from: call.start,
                to: end
            )?.mean
        use.memoryUsedGigabytes =
            history.statistics(
                of: \.memoryUsedGigabytes,
                devices: devices,
                from: call.start,
                to: end,
                isSummed: true
            )?.mean
        use.temperatureCelsius =
            history.statistics(
                of: \.temperatureCelsius,
                devices: devices,
                from: call.start,
                to: end
            )?.mean
        return use
    }

    private func absent(_ reason: String) -> CallEnergy {
        var energy = CallEnergy(absent: reason)
        energy.devices = call.devices
        return energy
    }

    private func brokenReason() -> String? {
        for place in call.places {
            guard let share = call.shares[place] else { return "\(name(place)): not published in time" }
            if case .broken(let reason) = share.coverage { return "\(name(place)): \(reason)" }
        }
        return nil
    }

    private func unmeasuredReason() -> String {
        for place in call.places {
            let reason = meters.meters[book.meterPlaces[place]].failure?.reason ?? book.ledger[place].lastGap
            if let reason { return "\(name(place)): \(reason)" }
        }
        return call.places.isEmpty ? "no sensor" : "not measured when the call began"
    }

    private func name(_ place: Int) -> String {
        let channel = book.sensor(at: place).channel
        return "\(channel.device) \(channel.domain.rawValue)"
    }

    private func setShares(_ energy: inout CallEnergy, places: [Int]) {
        let shares = places.compactMap { place in call.shares[place].map { (place, $0) } }
        let whole = shares.map(\.1.whole)
        energy.total = sum(whole.map(\.total))
        energy.dynamic = sum(whole.map(\.dynamic))
        energy.idle = sum(whole.map(\.idle))
        if call.isStreamed {
            energy.prefill = sum(shares.map { $0.1.second == nil ? nil : $0.1.first.total })
            energy.decode = sum(shares.map { $0.1.second?.total })
        }
        let parts = { (component: EnergyComponent) in
            sum(shares.filter { book.sensor(at: $0.0).channel.domain.component == component }.map(\.1.whole.total))
        }
        (energy.cpu, energy.gpu, energy.dram, energy.ane) = (parts(.cpu), parts(.gpu), parts(.dram), parts(.ane))
    }

    /// Nothing if one part is not known, or if there is none.
    private func sum(_ parts: [Int64?]) -> Energy? {
        guard !parts.isEmpty else { return nil }
        var total: Int64 = 0
        for part in parts {
            guard let part else { return nil }
            total += part
        }
        return .nanojoules(total)
    }

    private func setOrigin(_ energy: inout CallEnergy, sensors: [EnergySensor]) {
        let main = sensors.first { $0.channel.domain.component == .gpu } ?? sensors[0]
        let method = EnergyMethod.ofSum([main.method] + sensors.map(\.method))
        energy.method = method?.rawValue
        // An estimate is nobody's sensor.
        energy.vendor = method == .estimated ? nil : main.channel.device.vendor.rawValue
    }
}
