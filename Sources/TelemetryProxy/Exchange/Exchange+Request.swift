// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import TelemetryCore

/// The way of the request.
extension Exchange {
    /// The largest body of a request that is not metered that is held, so that it can be sent again.
    private static var plainLimit: Int { 65_536 }
    /// Bodies up to this are copied behind their head, which saves a second write.
    private static var copyLimit: Int { 16_384 }

    /// Takes a request whose head has been read.
    func begin() {
        let request = client.request
        let route = meteredRoute()
        isUpgrade = route == nil && asksForUpgrade
        if let route { beginMetering(route) }
        passage = isHeld(request.framing, isMetered: route != nil) ? .held : .streamed
        if request.framing == .none { return endRequest(trailers: []) }
        switch passage {
        case .held:
            if request.expectsContinue { client.tellToContinue() }
        case .streamed: connect(fresh: true)
        }
    }

    /// Takes a part of the request's body.
    func take(_ part: ByteBuffer) {
        var part = part
        switch passage {
        case .held:
            if body.readableBytes == 0 {
                body = part
            } else {
                body.writeBuffer(&part)
            }
            if body.readableBytes > heldLimit { passOn() }
        case .streamed where wasSent: writeBody(part)
        case .streamed: body.writeBuffer(&part)
        }
    }

    /// Sends on what has been taken of a body that is not held.
    func flushRequest() {
        if passage == .streamed, wasSent { connection?.flush() }
    }

    /// Takes the request's end.
    func endRequest(trailers: [UInt8]) {
        hasWholeRequest = true
        self.trailers = trailers
        switch passage {
        case .held:
            prepare()
            connect(fresh: false)
        case .streamed where wasSent:
            writeEnd()
            connection?.flush()
        case .streamed: break
        }
    }

    /// The request's body breaks off by the client's own fault.
    func requestIsBroken() {
        meter = wasSent ? meter : dropMeter()
        finish(.clientLeft, cleanly: false, at: loop.clock.instant())
    }

    /// The connection to the engine stands.
    func connected(_ connection: UpstreamConnection) {
        guard !isFinished else { return connection.release(reusable: true) }
        self.connection = connection
        connection.exchange = self
        send()
        client.resumeReading()
    }

    /// Whether the client's bytes have to wait.
    var holdsClient: Bool {
        guard passage == .streamed || isUpgrade else { return false }
        return !wasSent || connection?.isWritable == false
    }
}

// MARK: - Before it is sent

extension Exchange {
    private var heldLimit: Int {
        meter == nil ? Self.plainLimit : core.configuration.maxHeldBody
    }

    private func isHeld(_ framing: BodyFraming, isMetered: Bool) -> Bool {
        switch framing {
        case .none: true
        case .length(let length): length <= heldLimit && (isMetered || !client.request.expectsContinue)
        case .chunked, .untilClose: isMetered
        }
    }

    private func meteredRoute() -> MeteredRoute? {
        guard client.request.isPost else { return nil }
        return MeteredRoute(method: "POST", path: client.request.text(client.request.path.dropFirst(skipping)))
    }

    /// Only what is not HTTP again: on a connection that turned to HTTP/2 calls would pass unseen.
    private var asksForUpgrade: Bool {
        let request = client.request
        guard request.fields.connection.upgrade, let field = request.fields.first(.upgrade) else { return false }
        return request.bytes.withBytes { !$0.part(field.value).part(prefix: 3).matches("h2c") }
    }

    private func beginMetering(_ route: MeteredRoute) {
        let arrivedAt = loop.clock.wall()
        var identity = CallIdentity()
        identity.operation = route.operation
        identity.engine = upstream.configuration.kind
        identity.upstream = upstream.isKnown ? upstream.label : nil
        CallTags.read(client.request, into: &identity)
        meter = CallMeter(
            id: loop.newID(at: arrivedAt),
            arrivedAt: arrivedAt,
            instant: loop.clock.instant(),
            route: route,
            identity: identity,
            energy: core.services.energy,
            bus: core.services.bus
        )
        core.count { $0.callsInFlight += 1 }
    }

    /// A call that was refused before anything of it was sent makes no record.
    private func dropMeter() -> CallMeter? {
        if meter != nil { core.count { $0.callsInFlight -= 1 } }
        return nil
    }

    /// Reads a held body and decides what is changed in it.
    private func prepare() {
        guard meter != nil else { return }
        meter?.readRequest(body)
        guard !core.configuration.observeOnly, let splice = meter?.splice(body) else { return }
        self.splice = upstream.refusesUsage(of: meter?.facts.model) ? nil : splice
    }

    /// A held body has grown too large: it goes on as it comes.
    private func passOn() {
        passage = .streamed
        connect(fresh: true)
    }

    func connect(fresh: Bool) {
        guard upstream.isKnown else { return hasNoUpstream() }
        if !fresh, let kept = loop.pool.take(to: upstream) { return connected(kept) }
        let connection = UpstreamConnection(to: upstream, loop: loop, for: self)
        self.connection = connection
        connection.connect()
    }
}

// MARK: - Sending

extension Exchange {
    private func send() {
        var output = ByteBuffer()
        output.reserveCapacity(1_024 + (body.readableBytes <= Self.copyLimit ? body.readableBytes : 0))
        writeHead(to: &output)
        answer = AnswerState()
        // The time of the send is that of the first byte's way out; the engine cannot have begun before.
        let now = loop.clock.instant()
        meter?.sent(at: now, to: upstream)
        startSilenceTimer()
        wasSent = true
        switch passage {
        case .held: writeHeld(behind: &output)
        case .streamed:
            connection?.write(output)
            if body.readableBytes > 0 { writeBody(body) }
            body = ByteBuffer()
            if hasWholeRequest { writeEnd() }
        }
        connection?.flush()
    }

    private func writeHead(to output: inout ByteBuffer) {
        var writer = RequestWriter()
        if meter != nil, !core.configuration.observeOnly {
            writer.encodings = hidesUsage ? .identity : .readable
        }
        if let splice, client.request.framing != .chunked {
            writer.contentLength = body.readableBytes + splice.replacement.count - splice.range.count
        }
        writer.dropsExpect = passage == .held
        writer.keepsUpgrade = isUpgrade
        writer.write(
            client.request,
            skipping: skipping,
            authority: upstream.authority,
            basePath: upstream.basePath,
            to: &output
        )
    }

    /// Whether an event has to be taken out of the answer.
    var hidesUsage: Bool {
        guard splice != nil, let meter else { return false }
        return !meter.facts.asksForUsage
    }

    private func writeHeld(behind output: inout ByteBuffer) {
        let isChunked = client.request.framing == .chunked
        let length = body.readableBytes + (splice.map { $0.replacement.count - $0.range.count } ?? 0)
        if isChunked, length > 0 { output.writeChunkSize(length) }
        if body.readableBytes <= Self.copyLimit {
            appendBody(to: &output)
        } else {
            connection?.write(output)
            writeParts()
            output = ByteBuffer()
        }
        if isChunked {
            output.writeStaticString(length > 0 ? "\r\n0\r\n" : "0\r\n")
            output.writeBytes(trailers)
            output.writeStaticString("\r\n")
        }
        if output.readableBytes > 0 { connection?.write(output) }
    }

    private func appendBody(to output: inout ByteBuffer) {
        guard let splice else {
            output.writeImmutableBuffer(body)
            return
        }
        body.withUnsafeReadableBytes { bytes in
            output.writeBytes(bytes.part(0..<splice.range.lowerBound))
            output.writeBytes(splice.replacement)
            output.writeBytes(bytes.part(splice.range.upperBound..<bytes.count))
        }
    }

    private func writeParts() {
        guard let splice else {
            connection?.write(body)
            return
        }
        let start = body.readerIndex
        let rest = splice.range.upperBound
        if let before = body.getSlice(at: start, length: splice.range.lowerBound) { connection?.write(before) }
        connection?.write(ByteBuffer(bytes: splice.replacement))
        if let after = body.getSlice(at: start + rest, length: body.readableBytes - rest) { connection?.write(after) }
    }

    private func writeBody(_ part: ByteBuffer) {
        guard client.request.framing == .chunked else {
            connection?.write(part)
            return
        }
        var size = ByteBuffer()
        size.writeChunkSize(part.readableBytes)
        connection?.write(size)
        connection?.write(part)
        connection?.write(ByteBuffer(staticString: "\r\n"))
    }

    private func writeEnd() {
        guard client.request.framing == .chunked else { return }
        var end = ByteBuffer(staticString: "0\r\n")
        end.writeBytes(trailers)
        end.writeStaticString("\r\n")
        connection?.write(end)
    }

    private func startSilenceTimer() {
        guard let limit = core.configuration.timeout, silence == nil else {
            silence?.touch()
            return
        }
        silence = SilenceTimer(
            limit: TimeAmount(limit),
            eventLoop: loop.eventLoop,
            isExcused: { [unowned self] in isUpgrade || !client.isWritable || !hasWholeRequest },
            expire: { [unowned self] in timedOut() }
        )
    }
}

extension UnsafeRawBufferPointer {
    /// At most the first bytes.
    fileprivate func part(prefix count: Int) -> UnsafeRawBufferPointer {
        part(0..<Swift.min(count, self.count))
    }
}
