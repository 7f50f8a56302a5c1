// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import TelemetryCore

/// The ways in which an exchange ends.
extension Exchange {
    /// The answer has come whole.
    func completeAnswer(at now: MonotonicInstant) {
        answer.phase = .complete
        if asksAgain { return askAgain() }
        tellWithheld()
        // An engine that answers before it has the whole request may still read it; the client may still send it.
        let closing = client.isLastAnswer || answer.framing == .untilClose
        let client = client
        client.flush()
        finish(.answered, cleanly: true, at: now)
        client.finishAnswer(closing: closing)
    }

    /// The client has gone: the engine's work is cancelled by closing its connection.
    func clientLeft() {
        finish(.clientLeft, cleanly: false, at: loop.clock.instant())
    }

    /// There is no engine to send it to.
    func hasNoUpstream() {
        guard !isFinished else { return }
        core.complaints.tell("no_upstream", upstream: "none")
        let message = "No engine is known. Start one, or name it with --upstream URL."
        fail(.unreachable, 502, .noUpstream, message, at: loop.clock.instant())
    }

    /// No connection to the engine came about.
    func cannotConnect(_ error: any Error) {
        guard !isFinished else { return }
        connection = nil
        core.complaints.tell("unreachable", upstream: upstream.label, detail: "\(type(of: error))")
        let message = "The engine \(upstream.label) at \(upstream.configuration.address.url) cannot be reached."
        fail(.unreachable, 502, .unreachable, message, at: loop.clock.instant())
    }

    /// The engine's connection has ended.
    ///
    /// - Parameters:
    ///   - wasReset: Whether it broke rather than closed.
    ///   - now: When.
    func connectionLost(wasReset: Bool, at now: MonotonicInstant) {
        guard !isFinished, let lost = connection else { return }
        connection = nil
        if isStale(lost) { return sendAgain() }
        switch answer.phase {
        case .tunnel:
            finish(.answered, cleanly: true, at: now)
            client.endAfterAnswer(unread: false)
        case .body where answer.head.framing == .untilClose && !wasReset: endByClosing(at: now)
        case .body: breakOff(wasReset ? .engineReset : .engineClosed, "reset", at: now)
        case .head:
            let message = "The engine \(upstream.label) closed the connection without an answer."
            core.complaints.tell("reset", upstream: upstream.label)
            fail(wasReset ? .engineReset : .engineClosed, 502, .reset, message, at: now)
        case .complete: break
        }
    }

    /// The engine has been silent longer than is allowed.
    func timedOut() {
        guard !isFinished else { return }
        let now = loop.clock.instant()
        core.complaints.tell("timeout", upstream: upstream.label)
        if answer.isTold { return breakOff(.timedOut, nil, at: now) }
        let message = "The engine \(upstream.label) was silent longer than the time limit allows."
        fail(.timedOut, 504, .timeout, message, at: now)
    }

    /// What the engine sends is not HTTP.
    func answerIsMalformed(_ fault: HTTPFault, at now: MonotonicInstant) {
        guard !isFinished else { return }
        meter?.foundMalformed()
        core.complaints.tell("malformed", upstream: upstream.label, detail: fault.reason.description)
        if answer.isTold { return breakOff(.engineReset, nil, at: now) }
        let message = "The engine \(upstream.label) sent what is not HTTP: \(fault.reason)."
        fail(.engineReset, 502, .malformed, message, at: now)
    }
}

// MARK: - Asking again

extension Exchange {
    /// Whether the engine closed a kept connection before it saw the request: no failure of the call.
    private func isStale(_ lost: UpstreamConnection) -> Bool {
        lost.wasUsed && passage == .held && !answer.hasBytes
    }

    private func sendAgain() {
        core.count { $0.resends += 1 }
        connect(fresh: true)
    }

    /// Whether the answer refuses the key that was added to the request.
    private var asksAgain: Bool {
        guard let withheld, splice != nil else { return false }
        let status = answer.head.status
        return withheld.body.withUnsafeReadableBytes { RequestSplice.isRefused(status: status, body: $0) }
    }

    /// Asks once more without the key.
    private func askAgain() {
        wasRefused = true
        splice = nil
        withheld = nil
        release(reusable: answer.head.keepsAlive && !answer.hasExcess)
        connect(fresh: false)
    }

    /// Remembers to leave the key out, once the engine has taken the request without it.
    ///
    /// An engine that still refuses it had another reason; perhaps it only repeated what it was sent.
    func rememberRefusal() {
        guard wasRefused, answer.head.status != 400, answer.head.status != 422 else { return }
        upstream.rememberRefusal(of: meter?.facts.model)
    }

    func withhold(_ part: ByteBuffer, _ payload: [Range<Int>]) {
        part.withUnsafeReadableBytes { bytes in
            for range in payload { withheld?.body.writeBytes(bytes.part(range)) }
        }
        if let size = withheld?.body.readableBytes, size > WithheldAnswer.limit { tellWithheld() }
    }

    private func tellWithheld() {
        guard let output = withheld?.output else { return }
        withheld = nil
        if output.readableBytes > 0 { client.write(output) }
        answer.isTold = true
    }
}

// MARK: - Failing

extension Exchange {
    /// Answers for an engine that gave no answer.
    private func fail(
        _ end: CallEnd,
        _ status: Int,
        _ code: OwnAnswer.Code,
        _ message: String,
        at now: MonotonicInstant
    ) {
        let client = client
        let recordID = meter?.id
        let closing = client.isLastAnswer
        client.answer(client.error(status, code, message, skipping: skipping), recordID: recordID)
        finish(end, cleanly: false, at: now)
        client.finishAnswer(closing: closing)
    }

    /// Ends an answer that the client has seen the beginning of, so that it cannot pass for whole.
    private func breakOff(_ end: CallEnd, _ code: String?, at now: MonotonicInstant) {
        if let code { core.complaints.tell(code, upstream: upstream.label) }
        tellWithheld()
        let client = client
        let visibly = answer.framing == .untilClose
        var rest = ByteBuffer()
        let framing = answer.framing
        answer.filter?.finish { framing.write($0, to: &rest) }
        if rest.readableBytes > 0 { client.write(rest) }
        client.flush()
        finish(end, cleanly: false, at: now)
        client.abort(visibly: visibly)
    }

    /// The end of a body that lasts until the connection closes.
    private func endByClosing(at now: MonotonicInstant) {
        var output = ByteBuffer()
        writeEnd(to: &output)
        if output.readableBytes > 0 { deliver(output) }
        completeAnswer(at: now)
    }

    /// Passes on bytes of another protocol.
    func tunnel(_ bytes: ByteBuffer) {
        connection?.write(bytes)
        connection?.flush()
    }
}
