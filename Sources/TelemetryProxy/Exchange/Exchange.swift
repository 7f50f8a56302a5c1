// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import TelemetryCore

/// One request on its way to an engine and the answer on its way back: the only place that knows both sides.
///
/// It ends exactly once, in ``finish(_:cleanly:at:)``, which makes the record of a metered call.
final class Exchange {
    /// How the request's body travels.
    enum Passage {
        /// Held whole before it is sent: it can be read, changed and sent again.
        case held
        /// Passed on as it comes, over a connection of its own, because it cannot be sent again.
        case streamed
    }

    let client: ClientConnection
    let upstream: Upstream
    /// The bytes of the path's beginning that named the engine.
    let skipping: Int
    var meter: CallMeter?
    var isFinished = false
    var connection: UpstreamConnection?

    // The request.
    var passage = Passage.held
    var body = ByteBuffer()
    var trailers: [UInt8] = []
    var hasWholeRequest = false
    var wasSent = false
    var splice: RequestSplice?
    /// Whether the engine refused the key that was added, so that it is asked without.
    var wasRefused = false
    var isUpgrade = false

    // The answer.
    var answer = AnswerState()
    /// What goes to the client, held back while an error answer may still be asked again.
    var withheld: WithheldAnswer?
    var silence: SilenceTimer?

    var loop: LoopState { client.loop }
    var core: ProxyCore { client.loop.core }

    init(client: ClientConnection, upstream: Upstream, skipping: Int) {
        self.client = client
        self.upstream = upstream
        self.skipping = skipping
    }

    /// Ends the exchange: makes the record, and lets go of the engine's connection.
    ///
    /// - Parameters:
    ///   - end: How it ended.
    ///   - cleanly: Whether the answer reached the end that HTTP gives it.
    ///   - now: When.
    func finish(_ end: CallEnd, cleanly: Bool, at now: MonotonicInstant) {
        guard !isFinished else { return }
        isFinished = true
        silence?.cancel()
        silence = nil
        release(reusable: cleanly && canReuseConnection)
        guard let meter = meter.take() else { return }
        let record = meter.record(
            end: end,
            cleanly: cleanly,
            at: now,
            upstream: upstream,
            price: core.services.price
        )
        core.count { counters in
            counters.calls += 1
            counters.callsInFlight -= 1
            if let kind = record.result.errorKind { counters.failures[kind, default: 0] += 1 }
        }
        // Counted first, so that whoever has the record finds it counted.
        core.services.sink.record(record)
        meter.tellEnd(record, at: now)
        core.services.onCallFinished(record)
    }

    /// Lets go of the engine's connection.
    func release(reusable: Bool) {
        connection?.release(reusable: reusable)
        connection = nil
    }

    private var canReuseConnection: Bool {
        answer.isComplete && answer.head.keepsAlive && !answer.hasExcess && hasWholeRequest && wasSent && !isUpgrade
    }
}
