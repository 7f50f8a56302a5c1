// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Shares out the machine's energy among the calls that whoever makes them tells of.
///
/// Each function returns within microseconds and waits for no sensor. A call's energy is delivered some time after its
/// end, by whatever way the meter was made with.
public protocol CallEnergyMeter: Sendable {
    /// A call was sent to an engine.
    ///
    /// - Parameters:
    ///   - id: The call.
    ///   - time: When it was sent.
    ///   - promptBytes: Bytes of its prompt, by which the work on it is weighed before the engine has counted.
    ///   - engine: The engine's name, unique among engines.
    ///   - isLocal: Whether the engine runs on this machine; only then has the call a share.
    ///   - slots: The number of calls that the engine works on at once, where it is known.
    /// - Returns: ``CallEnergy/pending``, or the absent share with its reason.
    func callStarted(
        _ id: RecordID,
        at time: MonotonicInstant,
        promptBytes: Int,
        engine: String,
        isLocal: Bool,
        slots: Int?
    ) -> CallEnergy

    /// The first token of a streamed call came.
    func firstToken(of id: RecordID, at time: MonotonicInstant)

    /// The call is over, whatever its end; its record has gone to the sink before.
    func callEnded(_ id: RecordID, at time: MonotonicInstant)

    /// How the meter and its sensors do.
    var health: EnergyMeterHealth { get }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension CallEnergyMeter {
    public var health: EnergyMeterHealth { EnergyMeterHealth() }
}
