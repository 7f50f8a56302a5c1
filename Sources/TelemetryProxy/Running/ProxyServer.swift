// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// A proxy that listens: its event loops and the socket that accepts.
struct ProxyServer: Sendable {
    let address: ListeningAddress
    private let core: ProxyCore
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let loops: LoopStates

    /// Takes the address and begins to accept.
    static func start(_ core: ProxyCore) async throws -> ProxyServer {
        let configuration = core.configuration
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops ?? System.coreCount)
        do {
            let loops = try await LoopStates.make(core, group)
            let channel = try await bootstrap(group, loops)
                .bind(host: configuration.host, port: configuration.port).get()
            return ProxyServer(
                address: ListeningAddress(host: configuration.host, port: channel.localAddress?.port ?? 0),
                core: core,
                group: group,
                channel: channel,
                loops: loops
            )
        } catch {
            try? await group.shutdownGracefully()
            throw ProxyError.cannotListen(host: configuration.host, port: configuration.port, because: "\(error)")
        }
    }

    /// Stops accepting, waits for the calls in flight within the grace time, cuts off the others.
    func stop() async {
        try? await channel.close().get()
        let grace = TimeAmount(core.configuration.grace)
        let cut = group.next().scheduleTask(in: grace) { loops.cutOff() }
        await loops.drain()
        cut.cancel()
        try? await group.shutdownGracefully()
    }

    private static func bootstrap(_ group: MultiThreadedEventLoopGroup, _ loops: LoopStates) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A client whose machine is gone sends no word of it; the system's probes find out.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let state = loops.state(of: channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandler(ClientConnection(loop: state))
                }
            }
    }
}

/// The states of all event loops, each reached only from its own.
struct LoopStates: Sendable {
    private let bound: [NIOLoopBound<LoopState>]

    static func make(_ core: ProxyCore, _ group: MultiThreadedEventLoopGroup) async throws -> LoopStates {
        var bound: [NIOLoopBound<LoopState>] = []
        for eventLoop in group.makeIterator() {
            bound.append(
                try await eventLoop.submit {
                    NIOLoopBound(LoopState(core: core, eventLoop: eventLoop), eventLoop: eventLoop)
                }.get()
            )
        }
        return LoopStates(bound: bound)
    }

    /// The state of the loop that this is called on.
    func state(of eventLoop: any EventLoop) -> LoopState {
        for candidate in bound where candidate.eventLoop === eventLoop {
            return candidate.value
        }
        preconditionFailure("A channel runs on a loop of another group.")
    }

    /// Waits until every connection has ended.
    func drain() async {
        // All begin before any is waited for.
        let futures = bound.map { state in state.eventLoop.flatSubmit { state.value.drain() } }
        for future in futures {
            try? await future.get()
        }
    }

    /// Ends every connection.
    func cutOff() {
        for state in bound {
            state.eventLoop.execute { state.value.cutOff() }
        }
    }
}
