// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

@testable import TelemetryProxy

/// A socket that a test drives by hand, on either side of the proxy: it knows bytes, and only the test knows HTTP.
actor RawConnection {
    struct Ended: Error, CustomStringConvertible {
        let description: String
    }

    private let channel: any Channel
    private var iterator: AsyncThrowingStream<ByteBuffer, any Error>.AsyncIterator
    private var buffer: [UInt8] = []

    init(_ channel: any Channel, _ stream: AsyncThrowingStream<ByteBuffer, any Error>) {
        self.channel = channel
        iterator = stream.makeAsyncIterator()
    }

    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - port: Where, on the loopback address.
    ///   - reading: Whether it reads from the start.
    ///   - halfClosing: Whether it goes on sending when the other side has ended its part.
    /// - Returns: The connection.
    /// - Throws: What keeps it from being made.
    static func connect(port: Int, reading: Bool = true, halfClosing: Bool = false) async throws -> RawConnection {
        let (handler, stream) = RawHandler.make()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: reading)
            .channelOption(.allowRemoteHalfClosure, value: halfClosing)
            .channelInitializer { $0.pipeline.addHandler(handler) }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel, stream)
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Begins to read on a connection that was made without.
    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    /// The next bytes, in the pieces that they arrive in.
    func next() async throws -> [UInt8] {
        if !buffer.isEmpty {
            defer { buffer = [] }
            return buffer
        }
        guard let bytes = try await nextBuffer() else { throw Ended(description: "the connection has ended") }
        return bytes
    }

    /// Everything up to and with a text.
    func receive(until end: String) async throws -> String {
        let mark = Array(end.utf8)
        while true {
            if let place = buffer.firstRange(of: mark) {
                defer { buffer.removeSubrange(..<place.upperBound) }
                return String(decoding: buffer[..<place.upperBound], as: UTF8.self)
            }
            guard let more = try await nextBuffer() else {
                throw Ended(
                    description:
                        "ended before \(end.debugDescription), after \(String(decoding: buffer, as: UTF8.self))"
                )
            }
            buffer += more
        }
    }

    func receive(count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            guard let more = try await nextBuffer() else {
                throw Ended(description: "ended after \(buffer.count) of \(count) bytes")
            }
            buffer += more
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// What is left until the connection ends, and whether it ended with a reset.
    func rest() async -> (bytes: [UInt8], wasReset: Bool) {
        var all = buffer
        buffer = []
        do {
            while let more = try await nextBuffer() { all += more }
            return (all, false)
        } catch {
            return (all, true)
        }
    }

    func close() async {
        try? await channel.close().get()
    }

    /// Ends the connection with a reset.
    func reset() async {
        channel.resetOnClose()
        try? await channel.close().get()
    }

    /// Waits for the other side to end the connection.
    func waitForEnd() async {
        try? await channel.closeFuture.get()
    }

    private func nextBuffer() async throws -> [UInt8]? {
        var copy = iterator
        let bytes = try await copy.next(isolation: self)
        iterator = copy
        return bytes.map { Array($0.readableBytesView) }
    }
}

/// Puts a channel's bytes into a stream.
final class RawHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation

    private init(_ continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation) {
        self.continuation = continuation
    }

    static func make() -> (RawHandler, AsyncThrowingStream<ByteBuffer, any Error>) {
        let (stream, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        return (RawHandler(continuation), stream)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { continuation.finish() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        continuation.finish(throwing: error)
        context.close(promise: nil)
    }
}
