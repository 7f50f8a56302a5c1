// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import Metrics
public import TelemetryCore
public import Tracing

/// Where what is learnt of calls goes, and what it is learnt with: one value for all engines of a program.
public struct CallTelemetry: Sendable {
    /// Where events and records are told.
    public var bus: EventBus
    /// What keeps records besides those who listen on the bus; it must not listen there too.
    public var sink: (any RecordSink)?
    /// What shares out the machine's energy; without it each record says that energy is not metered.
    public var energy: (any CallEnergyMeter)?
    /// Where records wait for their energy; the meter delivers to it.
    public var waiting = WaitingRecords()
    /// Finds what a call costs by its model and tokens; asked only for engines that are not the caller's own.
    public var price: @Sendable (CallIdentity, TokenUsage) -> CallPrice = { _, _ in CallPrice() }
    /// The clocks of the measurement.
    public var clock = TelemetryClock.system
    /// What spans are made with; the program's own, if absent.
    public var tracer: (any Tracer)?
    /// What metrics are made with; the program's own, if absent.
    public var metrics: (any MetricsFactory)?
    /// The number of calls that an engine works on at once, by the engine's name, where it is known.
    public var slots: [String: Int] = [:]
    /// Looks at a call's record before anyone else does.
    var mark: (@Sendable (inout TelemetryRecord) -> Void)?
    /// Is told of each record when it is whole.
    var finished: (@Sendable (TelemetryRecord) -> Void)?

    /// Creates telemetry that tells a bus.
    public init(bus: EventBus = EventBus()) {
        self.bus = bus
    }
}

/// How a call begins.
extension CallTelemetry {
    func tellStart(
        of id: RecordID,
        at instant: MonotonicInstant,
        operation: InferenceOperation,
        model: String?,
        engine: EngineIdentity
    ) {
        bus.tell(
            .started(
                CallStart(id: id, sentAt: instant, operation: operation, model: model, upstream: engine.name)
            )
        )
    }

    /// Tells the meter of a call, and says what its record says of energy before it is known.
    func startMetering(
        _ id: RecordID,
        at instant: MonotonicInstant,
        promptBytes: Int,
        engine: EngineIdentity
    ) -> CallEnergy {
        guard let energy else { return CallEnergy(absent: "not metered") }
        return energy.callStarted(
            id,
            at: instant,
            promptBytes: promptBytes,
            engine: engine.name,
            isLocal: engine.isLocal,
            slots: slots[engine.name]
        )
    }

    func tellFirstToken(of id: RecordID, at instant: MonotonicInstant, isMetered: Bool) {
        bus.tell(.firstToken(id, at: instant))
        if isMetered { energy?.firstToken(of: id, at: instant) }
    }

    /// Nothing to pay where the engine is a person's own; else what the table says.
    func price(
        of identity: CallIdentity,
        usage: TokenUsage?,
        by engine: EngineIdentity,
        model: String? = nil
    ) -> CallPrice {
        if engine.isLocal || engine.kind.isSelfHosted {
            var local = CallPrice()
            local.costUSD = 0
            local.source = "local"
            return local
        }
        guard let usage else { return CallPrice() }
        var asked = identity
        asked.model = model ?? identity.model ?? identity.requestedModel
        return price(asked, usage)
    }
}

/// How a call ends.
extension CallTelemetry {
    /// Takes the record of a call that is over; one whose energy is to come waits for it.
    func take(
        _ ended: consuming TelemetryRecord,
        span: CallSpan?,
        metrics: CallMetrics?,
        endedAt end: MonotonicInstant
    ) {
        mark?(&ended)
        let record = ended
        metrics?.record(energy: record)
        guard record.energy.isPending else {
            sink?.record(record)
            return announce(record, span: span, endedAt: end)
        }
        // A sink that can complete a record has it at once, so that a crash loses nothing but its energy.
        let completing = sink as? any EnergyCompletingSink
        completing?.record(record)
        waiting.hold(record.id) { [self] call in
            var whole = record
            whole.complete(with: call)
            if let completing {
                completing.complete(whole.id, energy: whole.energy, device: whole.device, price: whole.price)
            } else {
                sink?.record(whole)
            }
            metrics?.record(energy: whole)
            announce(whole, span: span, endedAt: end)
        }
        energy?.callEnded(record.id, at: end)
    }

    private func announce(_ record: TelemetryRecord, span: CallSpan?, endedAt end: MonotonicInstant) {
        bus.publish(record: record)
        span?.end(with: record, at: end)
        finished?(record)
    }
}

extension TelemetryRecord {
    /// Sets what the meter delivered.
    mutating func complete(with call: MeteredCall) {
        energy = call.energy
        device = call.device
        guard let power = call.meanPower else { return }
        given.power = power
        if let speed = tokensPerSecond, power.watts > 0 { given.tokensPerSecondPerWatt = speed / power.watts }
    }
}
