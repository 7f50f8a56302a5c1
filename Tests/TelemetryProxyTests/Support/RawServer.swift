// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL

/// An engine whose every byte a test writes: it hands over each connection that is made to it.
final class RawServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let connections: ConnectionQueue

    private init(_ channel: any Channel, _ connections: ConnectionQueue) {
        self.channel = channel
        self.connections = connections
        port = channel.localAddress?.port ?? 0
    }

    /// Listens for the length of a scope.
    static func with<Result>(
        tls: NIOSSLContext? = nil,
        reading: Bool = true,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RawServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(tls: tls, reading: reading)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    static func start(tls: NIOSSLContext? = nil, port: Int = 0, reading: Bool = true) async throws -> RawServer {
        let queue = ConnectionQueue()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: reading)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    let (handler, stream) = RawHandler.make()
                    try pipeline.addHandler(handler)
                    queue.add(RawConnection(channel, stream))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return RawServer(channel, queue)
    }

    /// The next connection that is made.
    func accept() async throws -> RawConnection {
        try await connections.next()
    }

    func stop() async {
        try? await channel.close().get()
        await connections.closeAll()
    }
}

/// Connections in the order in which they were made, for whoever waits for one.
actor ConnectionQueue {
    private nonisolated let continuation: AsyncStream<RawConnection>.Continuation
    private var iterator: AsyncStream<RawConnection>.AsyncIterator
    private var taken: [RawConnection] = []

    init() {
        let (stream, continuation) = AsyncStream<RawConnection>.makeStream()
        self.continuation = continuation
        iterator = stream.makeAsyncIterator()
    }

    nonisolated func add(_ connection: RawConnection) {
        continuation.yield(connection)
    }

    func next() async throws -> RawConnection {
        var copy = iterator
        let connection = await copy.next(isolation: self)
        iterator = copy
        guard let connection else { throw RawConnection.Ended(description: "the server has stopped") }
        taken.append(connection)
        return connection
    }

    func closeAll() async {
        continuation.finish()
        for connection in taken { await connection.close() }
    }
}
