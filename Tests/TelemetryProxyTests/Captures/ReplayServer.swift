// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import TelemetryTesting

/// An engine that plays captured answers, each read of the capture a write of its own, at the recorded times.
///
/// A request says by the field `X-Capture` which one it wants.
final class ReplayServer: Sendable {
    let port: Int
    private let channel: any Channel

    private init(_ channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    /// Plays captures for the length of a scope.
    ///
    /// - Parameters:
    ///   - captures: What is played.
    ///   - pace: What the recorded times are multiplied by.
    ///   - isolation: The actor that the body runs on.
    ///   - body: Is given the server.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    static func with<Result>(
        _ captures: [CapturedExchange],
        pace: Double,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ReplayServer) async throws -> Result
    ) async throws -> Result {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReplayHandler(captures, pace: pace))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(ReplayServer(channel))
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

private final class ReplayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let captures: [CapturedExchange]
    private let pace: Double
    private var received: [UInt8] = []

    init(_ captures: [CapturedExchange], pace: Double) {
        self.captures = captures
        self.pace = pace
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Array(unwrapInboundIn(data).readableBytesView)
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return }
        let head = HTTPMessage(head: String(decoding: received[..<end], as: UTF8.self))
        let length = Int(head.field("Content-Length") ?? "0") ?? 0
        guard received.count >= end + length else { return }
        received.removeFirst(end + length)
        if let index = Int(head.field("X-Capture") ?? ""), captures.indices.contains(index) {
            play(captures[index], context)
        }
    }

    private func play(_ capture: CapturedExchange, _ context: ChannelHandlerContext) {
        var plan = capture.playable
        let closes = capture.closesAtEnd
        let start = NIODeadline.now()
        let loop = context.eventLoop.assumeIsolated()
        for (seconds, bytes) in plan {
            loop.scheduleTask(deadline: start + .microseconds(Int64(seconds * pace * 1e6))) {
                context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
            }
        }
        guard closes else { return }
        let last = plan.popLast()?.seconds ?? 0
        loop.scheduleTask(deadline: start + .microseconds(Int64(last * pace * 1e6) + 100)) {
            context.close(promise: nil)
        }
    }
}

extension CapturedExchange {
    /// The raw bytes by their times of arrival; a body that was kept without its chunks gets one.
    fileprivate var playable: [(seconds: Double, bytes: [UInt8])] {
        guard framing == .none else { return [(0, reframed)] }
        guard !arrivals.isEmpty else { return [(0, raw)] }
        var (start, plan) = (0, [(seconds: Double, bytes: [UInt8])]())
        for arrival in arrivals {
            let end = min(raw.count, start + arrival.count)
            plan.append((arrival.seconds, Array(raw[start..<end])))
            start = end
        }
        if start < raw.count { plan.append((plan.last?.seconds ?? 0, Array(raw[start...]))) }
        return plan
    }

    /// What the kept bytes lack.
    private var framing: Lack {
        let isChunked = header("Transfer-Encoding")?.lowercased() == "chunked"
        return isChunked && framedBody == body && !body.isEmpty ? .chunks : .none
    }

    private enum Lack {
        case none
        case chunks
    }

    private var reframed: [UInt8] {
        let head = Array(raw[..<(raw.count - framedBody.count)])
        return head + Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
    }

    /// Whether the engine's connection ends with the answer: where that is its framing, and where it was cut off.
    fileprivate var closesAtEnd: Bool {
        framing == .none
            && (!isWhole || header("Content-Length") == nil && header("Transfer-Encoding") == nil)
    }
}
