// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
import FoundationEssentials
import InferenceWire
public import TelemetryCore

/// A client of any server that speaks OpenAI's Chat Completions: vLLM, llama.cpp, SGLang, LM Studio, OpenAI itself.
public struct OpenAICompatibleEngine: InferenceEngine {
    /// Which software answers, under which name, and where.
    public let identity: EngineIdentity
    private let transport: EngineTransport
    private let clock: TelemetryClock

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - baseURL: The server's address without `/v1`, such as `http://127.0.0.1:8080`.
    ///   - identity: What records call the engine; ``EngineDiscovery`` tells its kind.
    ///   - apiKey: The key, sent as a bearer token and kept nowhere else.
    ///   - client: The HTTP client, which the caller owns; by default one that all engines share.
    ///   - patience: The time allowed until the answer begins. Defaults to 10 minutes, for prefill may be long.
    ///   - clock: The clocks of the measurement.
    public init(
        baseURL: String,
        identity: EngineIdentity,
        apiKey: String? = nil,
        client: HTTPClient = .engines,
        patience: Duration = .seconds(600),
        clock: TelemetryClock = .system
    ) {
        self.identity = identity.answering(at: baseURL)
        self.clock = clock
        transport = EngineTransport(
            baseURL: baseURL,
            client: client,
            headers: apiKey.map { [("Authorization", "Bearer \($0)")] } ?? [],
            patience: patience
        )
    }

    /// Streams, tools and counts; the engine's own times from those that tell them.
    public var capabilities: EngineCapabilities {
        let all: EngineCapabilities = [.streaming, .tools, .usage, .modelList]
        return identity.kind == .llamaCpp ? all.union(.timings) : all
    }

    /// Answers a request in one piece.
    public func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        let answer = try await transport.post(Self.path, body: OpenAIRequest.text(of: request, isStreaming: false))
        let completion = try OpenAICompletion(json: try await EngineTransport.whole(answer))
        var response = completion.response
        response.httpStatus = answer.status
        response.recordedAs = answer.recordedAs
        return response
    }

    /// Answers a request event by event.
    public func stream(_ request: InferenceRequest) async throws -> EngineChunks {
        let answer = try await transport.post(Self.path, body: OpenAIRequest.text(of: request, isStreaming: true))
        return EngineChunks(answer: answer, framing: .events, clock: clock) { json in
            let event = try OpenAICompletion(json: json)
            return (event.chunk, event.isLast)
        }
    }

    /// The models that the server lists, with what it says of them; a size that it does not tell is read off the name.
    public func models() async throws -> [EngineModel] {
        let list = try await transport.get("/v1/models")
        return try OpenAIModelList(json: list).ids.map { id in
            EngineModel(id: id, ModelInformation.fromModelList(list, model: id)).completedByName()
        }
    }

    /// Whether the server lists its models.
    public func isHealthy() async -> Bool {
        await (try? transport.get("/v1/models")) != nil
    }

    private static let path = "/v1/chat/completions"
}
