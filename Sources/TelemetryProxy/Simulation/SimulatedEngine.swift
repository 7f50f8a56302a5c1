// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
import NIOHTTP1
import NIOPosix
import TelemetryCore

/// An engine that makes its answers up, for a first look where there is no real one.
///
/// It speaks the APIs that the proxy meters, at a plausible pace, on this machine's loopback address alone. Whatever
/// comes of it says that it is simulated: the kind in the record, the model's name, the header `Server`.
package struct SimulatedEngine: Sendable {
    /// The port it listens on.
    package let port: Int
    private let channel: any Channel

    /// What its header `Server` says.
    static let serverName = "inferometer-simulated"

    /// Starts an engine on a free port.
    package static func start(on group: any EventLoopGroup) async throws -> SimulatedEngine {
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(SimulationHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SimulatedEngine(port: channel.localAddress?.port ?? 0, channel: channel)
    }

    /// Stops accepting connections.
    package func stop() async {
        try? await channel.close()
    }
}

/// Reads a request whole, and plays its answer.
private final class SimulationHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var next: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part): body.append(contentsOf: part.readableBytesView)
        case .end: respond(context: context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        next?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func respond(context: ChannelHandlerContext) {
        guard let head else { return }
        let path = head.uri.prefix { $0 != "?" }
        let answer = SimulatedAnswer.answer(method: head.method.rawValue, path: String(path), body: body)
        var headers: HTTPHeaders = ["Server": SimulatedEngine.serverName, "Content-Type": answer.contentType]
        if !answer.isStreaming {
            headers.add(name: "Content-Length", value: "\(answer.steps.reduce(0) { $0 + $1.bytes.count })")
        }
        let status = HTTPResponseStatus(statusCode: answer.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
            promise: nil
        )
        if answer.isStreaming { context.flush() }
        play(answer.steps[...], context: context)
    }

    private func play(_ steps: ArraySlice<SimulatedAnswer.Step>, context: ChannelHandlerContext) {
        guard let step = steps.first else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            return
        }
        next = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(step.delay.nanoseconds)) { [self] in
            let buffer = context.channel.allocator.buffer(bytes: step.bytes)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
            play(steps.dropFirst(), context: context)
        }
    }
}
