// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import NIOPosix
import TelemetryCore

/// One client's connection: reads its requests one after the other and writes their answers.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests, or within a request's head.
        case head
        /// Within a request's body.
        case body
        /// A whole request is under way.
        case waiting
        /// Another protocol's bytes.
        case tunnel
        /// Nothing more is read or answered.
        case closing
    }

    let loop: LoopState
    private(set) var request = RequestHead()
    var phase = Phase.head
    var exchange: Exchange?
    private var inbound = ByteBuffer()
    private var searched = 0
    private var body = RequestBodyReader(.none)
    private var context: ChannelHandlerContext?
    private var isProcessing = false
    private var hasHeldRead = false
    private var leavesAfterAnswer = false

    /// The most bytes that are read ahead of the request under way.
    private static let readAhead = 65_536

    init(loop: LoopState) {
        self.loop = loop
    }

    var core: ProxyCore { loop.core }
    var isWritable: Bool { context?.channel.isWritable ?? false }
    /// The address that the client reached; asked of the system once.
    private(set) lazy var localAddress: SocketAddress? = context?.localAddress

    /// Whether the answer to the present request is the connection's last.
    var isLastAnswer: Bool {
        leavesAfterAnswer || !request.keepsAlive
    }

    func write(_ buffer: ByteBuffer) {
        context?.write(wrapOutboundOut(buffer), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    /// Reads on, if a read was held back and may now be done.
    func resumeReading() {
        guard hasHeldRead, !holdsClient else { return }
        hasHeldRead = false
        context?.read()
    }

    /// Ends the connection when idle, else with the answer under way.
    func drain() {
        leavesAfterAnswer = true
        if exchange == nil, phase != .closing { endAfterAnswer(unread: false) }
    }

    /// Ends the connection now.
    func cutOff() {
        close()
    }

    func close() {
        phase = .closing
        context?.close(promise: nil)
    }
}

// MARK: - Reading

extension ClientConnection {
    private var holdsClient: Bool {
        switch phase {
        case .head: false
        case .body, .tunnel: exchange?.holdsClient ?? false
        case .waiting: inbound.readableBytes > Self.readAhead
        case .closing: false
        }
    }

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        var goesOn = true
        while goesOn {
            switch phase {
            case .head: goesOn = readHead()
            case .body: goesOn = readBody()
            case .tunnel: goesOn = readTunnel()
            case .waiting, .closing: goesOn = false
            }
        }
        if phase == .closing || inbound.readableBytes == 0 { inbound = ByteBuffer() }
    }

    private func readHead() -> Bool {
        do throws(HTTPFault) {
            guard let head = try nextHead() else { return false }
            try request.read(head)
        } catch {
            request = RequestHead()
            refuse(error)
            return false
        }
        core.count { $0.requests += 1 }
        body = RequestBodyReader(request.framing)
        phase = request.framing == .none ? .waiting : .body
        begin()
        return true
    }

    /// The bytes of the next head, once they are all there.
    private func nextHead() throws(HTTPFault) -> ByteBuffer? {
        let end = try inbound.withBytes { (bytes) throws(HTTPFault) -> (skip: Int, end: Int?) in
            // Empty lines before a request are passed over (RFC 9112, section 2.2).
            let skip = bytes.firstIndex { $0 != .carriageReturn && $0 != .lineFeed } ?? bytes.count
            guard skip < bytes.count else { return (skip, nil) }
            guard bytes[skip].isTokenByte else { throw .badRequest("the request line has no method") }
            return (skip, LineReader.endOfHead(bytes, from: max(skip, searched)))
        }
        guard let length = end.end, length - end.skip <= RequestHead.limit else {
            guard inbound.readableBytes - end.skip <= RequestHead.limit else {
                throw HTTPFault(status: 431, reason: "the head is larger than 64 KiB")
            }
            searched = max(0, inbound.readableBytes - 3)
            return nil
        }
        searched = 0
        inbound.moveReaderIndex(forwardBy: end.skip)
        return inbound.readSlice(length: length - end.skip)
    }

    private func readBody() -> Bool {
        guard let exchange else { return false }
        do throws(HTTPFault) {
            try body.read(&inbound) { exchange.take($0) }
        } catch {
            exchange.requestIsBroken()
            refuse(error)
            return false
        }
        guard body.isDone else {
            exchange.flushRequest()
            return false
        }
        phase = .waiting
        exchange.endRequest(trailers: body.trailers)
        return true
    }

    private func readTunnel() -> Bool {
        guard inbound.readableBytes > 0 else { return false }
        exchange?.tunnel(inbound)
        inbound = ByteBuffer()
        return false
    }
}

// MARK: - Answering

extension ClientConnection {
    /// The answer to the present request is written and flushed: goes on to the next, or ends.
    func finishAnswer(closing: Bool) {
        let unread = phase == .body
        exchange = nil
        if closing || leavesAfterAnswer || unread {
            return endAfterAnswer(unread: unread)
        }
        phase = .head
        if inbound.readableBytes > 0 {
            process()
        }
        resumeReading()
    }

    /// Tells a client that waits with its body to send it.
    func tellToContinue() {
        write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        flush()
    }

    /// From now on the connection's bytes are another protocol's.
    func beginTunnel() {
        phase = .tunnel
        process()
        resumeReading()
    }

    /// Writes an answer of our own to the present request.
    func answer(_ answer: OwnAnswer, recordID: RecordID? = nil, closing: Bool = false) {
        let closes = closing || isLastAnswer || phase == .body
        var output = ByteBuffer()
        output.reserveCapacity(512)
        answer.write(closes: closes, withoutBody: request.isHead, recordID: recordID, to: &output)
        write(output)
        flush()
    }

    /// Refuses what is no request; nothing after it on this connection can be understood.
    func refuse(_ fault: HTTPFault) {
        core.count { $0.refused += 1 }
        let answer = OwnAnswer(
            status: fault.status,
            code: .badRequest,
            message: "The request cannot be passed on: \(fault.reason).",
            dialect: .openAI
        )
        self.answer(answer, closing: true)
        exchange = nil
        endAfterAnswer(unread: true)
    }

    /// Cuts the connection so that no client can take the answer for whole.
    ///
    /// - Parameter visibly: By a reset, where the answer's framing would let an orderly end pass for its own.
    func abort(visibly: Bool) {
        exchange = nil
        phase = .closing
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: loop.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            let context = bound.value
            if visibly { context.channel.resetOnClose() }
            context.close(promise: nil)
        }
    }

    /// Ends the connection once everything is written.
    ///
    /// A client that still sends would lose the answer to a reset, so what it sends is passed over for a while.
    func endAfterAnswer(unread: Bool) {
        phase = .closing
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: loop.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            let context = bound.value
            guard unread else { return context.close(promise: nil) }
            context.close(mode: .output, promise: nil)
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) {
                bound.value.close(promise: nil)
            }
        }
        resumeReading()
    }

    private static var lingering: TimeAmount { .seconds(2) }
}

// MARK: - Channel events

extension ClientConnection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        loop.add(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .closing else { return }
        var buffer = unwrapInboundIn(data)
        if inbound.readableBytes == 0 {
            inbound = buffer
        } else {
            inbound.writeBuffer(&buffer)
        }
        process()
    }

    func read(context: ChannelHandlerContext) {
        if holdsClient {
            hasHeldRead = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.resumeEngine() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closing
        let exchange = self.exchange
        self.exchange = nil
        exchange?.clientLeft()
        loop.remove(self)
    }
}
