// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
import InferenceWire
public import TelemetryCore

/// A client of Ollama's own API.
public struct OllamaEngine: InferenceEngine {
    /// Which software answers, under which name, and where.
    public let identity: EngineIdentity
    private let transport: EngineTransport
    private let clock: TelemetryClock

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - baseURL: The server's address. Defaults to `http://127.0.0.1:11434`.
    ///   - identity: What records call the engine.
    ///   - client: The HTTP client, which the caller owns; by default one that all engines share.
    ///   - patience: The time allowed until the answer begins. Defaults to 10 minutes, for a model may have to be loaded.
    ///   - clock: The clocks of the measurement.
    public init(
        baseURL: String = "http://127.0.0.1:11434",
        identity: EngineIdentity = EngineIdentity(kind: .ollama, name: "127.0.0.1:11434", isLocal: true),
        client: HTTPClient = .engines,
        patience: Duration = .seconds(600),
        clock: TelemetryClock = .system
    ) {
        self.identity = identity.answering(at: baseURL)
        self.clock = clock
        transport = EngineTransport(baseURL: baseURL, client: client, headers: [], patience: patience)
    }

    /// Streams, tools, counts and the engine's own times.
    public var capabilities: EngineCapabilities {
        [.streaming, .tools, .usage, .timings, .modelList]
    }

    /// Answers a request in one piece.
    public func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        let answer = try await transport.post("/api/chat", body: OllamaRequest.text(of: request, isStreaming: false))
        let line = try OllamaLine(json: try await EngineTransport.whole(answer))
        var response = line.response
        response.httpStatus = answer.status
        response.recordedAs = answer.recordedAs
        return response
    }

    /// Answers a request event by event.
    public func stream(_ request: InferenceRequest) async throws -> EngineChunks {
        let answer = try await transport.post("/api/chat", body: OllamaRequest.text(of: request, isStreaming: true))
        return EngineChunks(answer: answer, framing: .lines, clock: clock) { json in
            let line = try OllamaLine(json: json)
            return (line.chunk, line.isLast)
        }
    }

    /// The models that the server has, with what it says of each; a size that it does not tell is read off the name.
    public func models() async throws -> [EngineModel] {
        var models: [EngineModel] = []
        for listed in try OllamaModelList(json: try await transport.get("/api/tags")).models {
            models.append((await shown(listed.id) ?? listed).completedByName())
        }
        return models
    }

    /// What `/api/show` says of a model: the exact count, where the list has a rounded one at best.
    private func shown(_ model: String) async -> EngineModel? {
        var body = JSONObjectText()
        body.add("model", string: model)
        guard let answer = try? await transport.post("/api/show", body: body.text),
            let bytes = try? await EngineTransport.whole(answer),
            let information = ModelInformation.fromOllamaShow(bytes)
        else { return nil }
        return EngineModel(id: model, information)
    }

    /// Whether the server tells its version.
    public func isHealthy() async -> Bool {
        await (try? transport.get("/api/version")) != nil
    }
}
