// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Tells the bus what becomes of one call; where nobody listens it costs a comparison.
struct EventTap {
    private let bus: EventBus
    private let id: RecordID
    private var wasSent = false
    private var hasFirstToken = false

    init(_ bus: EventBus, id: RecordID) {
        self.bus = bus
        self.id = id
    }

    /// The call was sent; sent again, it is the same call.
    mutating func sent(at instant: MonotonicInstant, _ identity: CallIdentity) {
        guard !wasSent else { return }
        wasSent = true
        bus.tell(
            .started(
                CallStart(
                    id: id,
                    sentAt: instant,
                    operation: identity.operation,
                    model: identity.requestedModel,
                    upstream: identity.upstream
                )
            )
        )
    }

    /// Whether it still matters to look for the first token.
    var awaitsFirstToken: Bool {
        !hasFirstToken && bus.hasListeners
    }

    /// Looks whether the first token of a stream has come.
    mutating func look(at observation: InferenceObservation) {
        guard observation.isStreaming, let instant = observation.firstPayloadAt else { return }
        hasFirstToken = true
        bus.tell(.firstToken(id, at: instant))
    }

    /// The call is over, and its record is with the sink; its energy may still be pending.
    func ended(_ record: TelemetryRecord, at instant: MonotonicInstant) {
        if wasSent { bus.tell(.ended(id, record.result.outcome, at: instant)) }
        bus.publish(record: record)
    }
}
