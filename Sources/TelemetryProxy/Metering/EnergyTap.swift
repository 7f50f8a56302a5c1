// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Tells the energy meter what becomes of one call.
struct EnergyTap {
    private let meter: any CallEnergyMeter
    private let id: RecordID
    private var share: CallEnergy?
    private var hasFirstToken = false

    init(_ meter: any CallEnergyMeter, id: RecordID) {
        self.meter = meter
        self.id = id
    }

    /// The call was sent; sent again, it is the same call.
    mutating func sent(at instant: MonotonicInstant, promptBytes: Int, upstream: Upstream) {
        guard share == nil else { return }
        share = meter.callStarted(
            id,
            at: instant,
            promptBytes: promptBytes,
            engine: upstream.label,
            isLocal: upstream.configuration.isLocal,
            slots: upstream.configuration.slots
        )
    }

    /// Whether it still matters to look for the first token.
    var awaitsFirstToken: Bool {
        !hasFirstToken && share?.isPending == true
    }

    /// Looks whether the first token of a stream has come.
    mutating func look(at observation: InferenceObservation) {
        guard observation.isStreaming, let instant = observation.firstPayloadAt else { return }
        hasFirstToken = true
        meter.firstToken(of: id, at: instant)
    }

    /// What the record says of the call's energy when it is made.
    ///
    /// - Parameter recorded: The identity under which it is recorded: another than the call's own if another recorder
    ///   was there first, whose share it is then.
    /// - Returns: The share, or why there is none.
    func share(recordedAs recorded: RecordID) -> CallEnergy {
        if recorded != id { return CallEnergy(absent: "recorded elsewhere") }
        return share ?? CallEnergy(absent: "never sent")
    }

    /// The call is over, and its record is with the sink.
    func end(at instant: MonotonicInstant) {
        if share?.isPending == true { meter.callEnded(id, at: instant) }
    }
}
