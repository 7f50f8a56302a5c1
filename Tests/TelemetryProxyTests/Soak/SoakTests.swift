// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryProxy

/// Many mixed calls, clients that leave, and an engine that is killed and comes back: none lost, none doubled.
@Suite(.timeLimit(.minutes(5)))
struct SoakTests {
    private static let calls = 2_000
    private static let clients = 16

    /// What a client does with one call; its end is found out by looking at the answer alone.
    private enum Kind: CaseIterable {
        case plain
        case stream
        case leaving
        case leavingEarly
        case unmetered
    }

    /// What clients saw, to be compared with what was recorded.
    private struct Seen: Sendable {
        var metered = 0
        var ids: [String] = []
        var completed = 0
    }

    @Test func everyCallHasOneRecord() async throws {
        let engine = try await SoakEngine.start(port: 0)
        let port = engine.port
        let upstream = try UpstreamConfiguration(url: "http://127.0.0.1:\(port)")
        try await withProxy(before: [upstream], configuration: settings { $0.eventLoops = 2 }) { proxy in
            let seen = try await withThrowingTaskGroup(of: Seen.self) { group in
                for client in 0..<Self.clients {
                    group.addTask { try await Self.client(UInt64(client), proxy.port) }
                }
                group.addTask {
                    try await Self.killAndRestart(engine, port: port, proxy)
                    return Seen()
                }
                return try await group.reduce(into: Seen()) { sum, part in
                    sum.metered += part.metered
                    sum.ids += part.ids
                    sum.completed += part.completed
                }
            }
            let records = await proxy.sink.records(count: seen.metered)
            #expect(records.count == seen.metered)
            #expect(Set(records.map(\.id)).count == records.count)
            let recorded = Set(records.map(\.id.description))
            #expect(Set(seen.ids).count == seen.ids.count)
            #expect(seen.ids.allSatisfy(recorded.contains))
            let completed = records.count { $0.result.outcome == .completed }
            #expect(completed >= seen.completed)
            #expect(seen.completed > Self.calls / 4)
            #expect(records.contains { $0.result.outcome == .cancelled })
            #expect(proxy.proxy.counters.callsInFlight == 0)
            #expect(proxy.proxy.counters.calls == records.count)
        }
        await SoakEngine.last.withLock { $0 }?.stop()
    }

    /// Kills the engine with all of its connections a few times within the run.
    private static func killAndRestart(_ first: SoakEngine, port: Int, _ proxy: ProxyUnderTest) async throws {
        var engine = first
        for round in 1...4 {
            while proxy.proxy.counters.calls < round * calls / 8 { await Task.yield() }
            await engine.stop()
            // Some calls find nobody there.
            let failed = proxy.proxy.counters.failures[.unreachable] ?? 0
            while proxy.proxy.counters.failures[.unreachable] ?? 0 <= failed { await Task.yield() }
            engine = try await SoakEngine.start(port: port)
        }
    }

    private static func client(_ seed: UInt64, _ port: Int) async throws -> Seen {
        var generator = SeededGenerator(seed: seed)
        var seen = Seen()
        var connection = try await RawConnection.connect(port: port)
        for _ in 0..<calls / clients {
            let kind = Kind.allCases.randomElement(using: &generator) ?? .plain
            if kind != .unmetered { seen.metered += 1 }
            let survives = await call(kind, connection, &seen)
            if !survives {
                await connection.close()
                connection = try await RawConnection.connect(port: port)
            }
        }
        await connection.close()
        return seen
    }

    /// Makes one call; false if the connection is not good for another.
    private static func call(_ kind: Kind, _ connection: RawConnection, _ seen: inout Seen) async -> Bool {
        do {
            switch kind {
            case .unmetered:
                try await connection.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await connection.answer().field("Connection") == nil
            case .leavingEarly:
                try await connection.post("/v1/chat/completions", Sample.stream)
                return false
            case .plain, .stream, .leaving:
                try await connection.post("/v1/chat/completions", kind == .plain ? Sample.chat : Sample.stream)
                let head = HTTPMessage(head: try await connection.receive(until: "\r\n\r\n"))
                seen.ids += [head.field("X-Inferometer-Record") ?? "none"]
                guard kind != .leaving else { return false }
                return try await finish(head, connection, &seen)
            }
        } catch {
            return false
        }
    }

    private static func finish(
        _ head: HTTPMessage,
        _ connection: RawConnection,
        _ seen: inout Seen
    ) async throws -> Bool {
        if let length = head.field("Content-Length") {
            _ = try await connection.receive(count: Int(length) ?? 0)
        } else {
            while try await connection.chunk() != nil {}
            _ = try await connection.receive(until: "\r\n")
        }
        if head.status == 200 { seen.completed += 1 }
        return head.field("Connection") == nil
    }
}

/// A fast engine that answers at once, and closes after every stream as llama.cpp does.
final class SoakEngine: Sendable {
    static let last = Mutex<SoakEngine?>(nil)

    let port: Int
    private let channel: any Channel
    private let children: Children

    private init(_ channel: any Channel, _ children: Children) {
        self.channel = channel
        self.children = children
        port = channel.localAddress?.port ?? 0
    }

    static func start(port: Int) async throws -> SoakEngine {
        let children = Children()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                children.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SoakHandler())
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        let engine = SoakEngine(channel, children)
        last.withLock { $0 = engine }
        return engine
    }

    /// Ends everything at once, as a killed process does.
    func stop() async {
        try? await channel.close()
        for child in children.all { try? await child.close() }
    }
}

final class Children: Sendable {
    private let channels = Mutex<[any Channel]>([])

    var all: [any Channel] { channels.withLock { $0 } }

    func add(_ channel: any Channel) {
        channels.withLock { channels in
            channels.removeAll { !$0.isActive }
            channels.append(channel)
        }
    }
}

private final class SoakHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var received: [UInt8] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Array(unwrapInboundIn(data).readableBytesView)
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return }
        let head = HTTPMessage(head: String(decoding: received[..<end], as: UTF8.self))
        let length = Int(head.field("Content-Length") ?? "0") ?? 0
        guard received.count >= end + length else { return }
        let body = String(decoding: received[end..<end + length], as: UTF8.self)
        received.removeFirst(end + length)
        if body.contains(#""stream":true"#) {
            stream(context, left: 4)
        } else {
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(Sample.answer.utf8.count)\r\n\r\n\(Sample.answer)"
            context.writeAndFlush(NIOAny(ByteBuffer(string: answer)), promise: nil)
        }
    }

    private func stream(_ context: ChannelHandlerContext, left: Int) {
        let isFirst = left == 4
        let event = "data: \(left > 0 ? Sample.delta("w") : "[DONE]")\n\n"
        var text =
            isFirst ? "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" : ""
        text += "\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n"
        if left == 0 { text += "0\r\n\r\n" }
        context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
        guard left > 0 else { return context.close(promise: nil) }
        context.eventLoop.assumeIsolated().execute { self.stream(context, left: left - 1) }
    }
}
