// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import TelemetryCore

/// One connection to an engine, serving one exchange at a time.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let upstream: Upstream
    private let loop: LoopState
    /// Whom the bytes belong to; nobody while it is kept.
    var exchange: Exchange?
    /// Whether a call has been served on it, so that the engine may have closed it meanwhile.
    private(set) var wasUsed = false
    var idleSince = NIODeadline.uptimeNanoseconds(0)
    private var isReady = false
    private var context: ChannelHandlerContext?
    private var failure: (any Error)?
    private var hasHeldRead = false

    init(to upstream: Upstream, loop: LoopState, for exchange: Exchange) {
        self.upstream = upstream
        self.loop = loop
        self.exchange = exchange
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ buffer: ByteBuffer) {
        context?.write(wrapOutboundOut(buffer), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    func close() {
        context?.close(promise: nil)
    }

    /// Reads on, if a read was held back.
    func resumeReading() {
        guard hasHeldRead else { return }
        hasHeldRead = false
        context?.read()
    }

    /// Ends its exchange's hold on it: kept for the next call, or closed.
    func release(reusable: Bool) {
        exchange = nil
        wasUsed = true
        guard reusable, !loop.isDraining, context?.channel.isActive == true else { return close() }
        loop.pool.keep(self)
        resumeReading()
    }

    /// No connection came about.
    func failed(_ error: any Error) {
        guard !isReady, let exchange else { return }
        self.exchange = nil
        exchange.cannotConnect(error)
    }
}

extension UpstreamConnection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if upstream.tls == nil { becomeReady() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { becomeReady() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // First of all the time: whatever follows would be counted as the engine's.
        let now = loop.clock.instant()
        guard let exchange else { return close() }
        exchange.receive(unwrapInboundIn(data), at: now)
    }

    func read(context: ChannelHandlerContext) {
        if let exchange, exchange.holdsEngine {
            hasHeldRead = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.client.resumeReading() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Many services close without TLS's own goodbye; HTTP's framing tells whether something is missing.
        if case .uncleanShutdown = error as? NIOSSLError { return context.close(promise: nil) }
        failure = error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let exchange else { return loop.pool.remove(self) }
        guard isReady else { return failed(failure ?? ChannelError.eof) }
        let now = loop.clock.instant()
        self.exchange = nil
        exchange.connectionLost(wasReset: failure != nil, at: now)
    }

    private func becomeReady() {
        guard !isReady, let context else { return }
        isReady = true
        if !upstream.hasFixedAddress { upstream.knownAddress = context.remoteAddress }
        if let exchange {
            exchange.connected(self)
        } else {
            release(reusable: true)
        }
    }
}

extension UpstreamConnection {
    /// Begins a connection on the loop of its exchange: to the address that is known, else by name.
    func connect() {
        guard let known = upstream.knownAddress else { return connectByName() }
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        bootstrap(bound).connect(to: known).assumeIsolated().whenFailure { error in
            let connection = bound.value
            guard !connection.upstream.hasFixedAddress else { return connection.failed(error) }
            // The name may lead elsewhere by now.
            connection.upstream.knownAddress = nil
            connection.connectByName()
        }
    }

    private func connectByName() {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let address = upstream.configuration.address
        bootstrap(bound).connect(host: address.host, port: address.port).assumeIsolated().whenFailure { error in
            bound.value.failed(error)
        }
    }

    private func bootstrap(_ bound: NIOLoopBound<UpstreamConnection>) -> ClientBootstrap {
        ClientBootstrap(group: loop.eventLoop)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(TimeAmount(loop.core.configuration.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.assemble(channel) }
            }
    }

    private func assemble(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls = upstream.tls {
            let name = upstream.hasFixedAddress ? nil : upstream.configuration.address.host
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
        }
        try pipeline.addHandler(self)
    }
}
