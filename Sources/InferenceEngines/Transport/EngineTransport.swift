// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import TelemetryCore

/// Sends requests to one engine's base address and tells failures in this module's terms.
struct EngineTransport: Sendable {
    /// An answer whose head has come.
    struct Answer: Sendable {
        var status: Int
        var recordedAs: RecordID?
        var body: HTTPClientResponse.Body
    }

    let baseURL: String
    let client: HTTPClient
    let headers: [(name: String, value: String)]
    /// Between the request and the head of the answer; generation itself has no limit.
    let patience: Duration

    init(baseURL: String, client: HTTPClient, headers: [(name: String, value: String)], patience: Duration) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.client = client
        self.headers = headers
        self.patience = patience
    }

    func post(_ path: String, body: String) async throws -> Answer {
        var request = makeRequest(path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        return try await send(request)
    }

    func get(_ path: String) async throws -> [UInt8] {
        try await Self.whole(send(makeRequest(path)))
    }

    /// The bytes of a whole answer, up to 64 MiB.
    static func whole(_ answer: Answer) async throws -> [UInt8] {
        do {
            return Array(buffer: try await answer.body.collect(upTo: 64 << 20))
        } catch {
            throw failure(of: error, status: answer.status)
        }
    }

    private func makeRequest(_ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: baseURL + path)
        for header in headers {
            request.headers.add(name: header.name, value: header.value)
        }
        return request
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        guard BaseAddress(baseURL) != nil else {
            throw InferenceEngineError(
                .invalidRequest,
                "The engine's address is not a URL; give one such as http://127.0.0.1:8080."
            )
        }
        do {
            let deadline = NIODeadline.now() + .nanoseconds(patience.nanoseconds)
            let response = try await execute(request, deadline)
            let status = Int(response.status.code)
            guard status < 400 else {
                throw InferenceEngineError(.status, "The engine answered with status \(status).", httpStatus: status)
            }
            let id = response.headers.first(name: "X-Inferometer-Record").flatMap(RecordID.init)
            return Answer(status: status, recordedAs: id, body: response.body)
        } catch {
            throw Self.failure(of: error, status: nil)
        }
    }

    /// Sends a request, and once more where the connection was closed with no byte back: a server may close one that it
    /// kept open just as the request is on its way.
    private func execute(_ request: HTTPClientRequest, _ deadline: NIODeadline) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, deadline: deadline)
        } catch let error where error is IOError || error is ChannelError {
            return try await client.execute(request, deadline: deadline)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed {
            return try await client.execute(request, deadline: deadline)
        }
    }

    static func failure(of error: any Error, status: Int?) -> any Error {
        switch error {
        case is CancellationError, is InferenceEngineError: return error
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout:
            return InferenceEngineError(
                .timeout,
                "The engine did not answer in time; see whether it is busy, or allow more.",
                httpStatus: status,
                cause: error
            )
        case let error as HTTPClientError where error == .cancelled:
            return CancellationError()
        case let error as HTTPClientError where error == .invalidURL || error == .emptyHost:
            return InferenceEngineError(.invalidRequest, "The engine's address is not a URL.", cause: error)
        case is ChannelError, is IOError, is NIOConnectionError:
            return status == nil
                ? InferenceEngineError(.unreachable, "No connection to the engine; is it running?", cause: error)
                : InferenceEngineError(.broken, "The connection broke.", httpStatus: status, cause: error)
        default:
            return InferenceEngineError(.broken, "The connection broke.", httpStatus: status, cause: error)
        }
    }
}

extension EngineIdentity {
    /// The same identity with the host and port of its address, for whoever traces calls.
    func answering(at address: String) -> EngineIdentity {
        var identity = self
        guard let url = BaseAddress(address) else { return identity }
        identity.serverAddress = identity.serverAddress ?? url.host
        identity.serverPort = identity.serverPort ?? url.port
        return identity
    }
}

/// Host and port of a base address.
private struct BaseAddress {
    var host: String
    var port: Int
    private static let schemes: Set = ["http", "https", "http+unix", "https+unix"]

    init?(_ address: String) {
        let parts = address.split(separator: "://", maxSplits: 1)
        guard parts.count == 2, Self.schemes.contains(parts[0].lowercased()) else { return nil }
        // Who asks may stand before the host, with a key that is nobody else's business.
        let authority = parts[1].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let rest = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard !rest.isEmpty else { return nil }
        let standard = parts[0].lowercased() == "https" ? 443 : 80
        // An IPv6 address has colons of its own, within brackets.
        let bracket = rest.lastIndex(of: "]")
        let colon = rest.lastIndex(of: ":").flatMap { colon in bracket.map { colon > $0 } ?? true ? colon : nil }
        let name = colon.map { rest[..<$0] } ?? rest
        host = String(name.drop { $0 == "[" }.prefix { $0 != "]" })
        port = colon.flatMap { Int(rest[rest.index(after: $0)...]) } ?? standard
    }
}
