// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import TelemetryCore

/// An engine that was found by asking.
public struct DiscoveredEngine: Sendable, Hashable {
    /// The base address, without a path.
    public var url: String
    /// What its answers say.
    public var fingerprint: EngineFingerprint
    /// The kind of engine; `unknown` if it lists models and its answers do not tell the kind.
    public var kind: EngineKind { fingerprint.kind ?? .unknown }
}

/// Finds engines by asking servers what they are.
public struct EngineDiscovery: Sendable {
    /// Asks a server for one path; nothing if it does not answer in time.
    public typealias Ask = @Sendable (_ url: String, _ path: String) async -> ProbeAnswer?

    private let ask: Ask

    /// The ports on which engines listen by default: Ollama, vLLM, llama.cpp, LM Studio, SGLang, MLX and others.
    public static let standardPorts = [11_434, 8_000, 8_080, 1_234, 30_000, 8_085, 8_081, 8_082, 8_084]

    /// Creates a discovery over some way of asking.
    public init(asking ask: @escaping Ask) {
        self.ask = ask
    }

    /// Creates a discovery that asks over HTTP.
    ///
    /// Each question is asked on a connection of its own, which ends with the answer, so that a server which serves
    /// one connection at a time is not kept from its work.
    public init(client: HTTPClient, timeout: Duration = .milliseconds(800)) {
        let limit = TimeAmount.nanoseconds(timeout.nanoseconds)
        self.init { url, path in
            var request = HTTPClientRequest(url: url + path)
            request.headers = ["Connection": "close", "Accept": "application/json"]
            guard let answer = try? await client.execute(request, deadline: .now() + limit),
                let body = try? await answer.body.collect(upTo: 1 << 20)
            else { return nil }
            return ProbeAnswer(
                path: path,
                status: Int(answer.status.code),
                server: answer.headers.first(name: "Server"),
                body: Array(buffer: body)
            )
        }
    }

    /// Asks the server at a base address until its answers tell what it is; nothing if it does not answer at all.
    public func fingerprint(of url: String) async -> EngineFingerprint? {
        var fingerprint = EngineFingerprint()
        for (index, path) in EngineFingerprint.paths.enumerated() where !fingerprint.isSettled {
            guard let answer = await ask(url, path) else {
                // Nobody listens, or whoever does is too slow to be worth five more questions.
                if index == 0 { return nil }
                continue
            }
            fingerprint.add(answer)
        }
        // What settled the kind need not have told the slots.
        if fingerprint.kind == .llamaCpp, fingerprint.slots == nil,
            let answer = await ask(url, EngineFingerprint.slotsPath)
        {
            fingerprint.add(answer)
        }
        return fingerprint
    }

    /// Looks for engines on this machine's loopback address, all ports at once, in the order of the ports.
    public func localEngines(ports: [Int] = standardPorts) async -> [DiscoveredEngine] {
        await withTaskGroup(of: (Int, DiscoveredEngine?).self) { group in
            for (order, port) in ports.enumerated() {
                group.addTask { (order, await engine(at: "http://127.0.0.1:\(port)")) }
            }
            var found: [(Int, DiscoveredEngine)] = []
            for await case (let order, let engine?) in group { found.append((order, engine)) }
            return found.sorted { Self.rank($0) < Self.rank($1) }.map(\.1)
        }
    }

    /// Engines whose kind is known come first.
    private static func rank(_ found: (order: Int, engine: DiscoveredEngine)) -> (Int, Int) {
        (found.engine.kind == .unknown ? 1 : 0, found.order)
    }

    private func engine(at url: String) async -> DiscoveredEngine? {
        guard var fingerprint = await fingerprint(of: url), fingerprint.kind != nil || fingerprint.listsModels else {
            return nil
        }
        // A proxy of ours passes the questions on and answers like the engine behind it.
        if let answer = await ask(url, EngineFingerprint.ownPath) { fingerprint.add(answer) }
        guard !fingerprint.isOurProxy else { return nil }
        return DiscoveredEngine(url: url, fingerprint: fingerprint)
    }
}
