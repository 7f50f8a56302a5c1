// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends sample calls through the proxy, as any client would.
struct SampleCaller: Sendable {
    let client: HTTPClient
    /// The proxy's address.
    let url: String

    /// Sends a call and reads its answer to the end; gives the status, or nothing if no answer came.
    func send(_ call: SampleCall) async -> Int? {
        var request = HTTPClientRequest(url: url + call.path)
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "X-Inferometer-Agent": "inferometer-try"]
        if call.isWarmup { request.headers.add(name: "X-Inferometer-Warmup", value: "true") }
        request.body = .bytes(ByteBuffer(string: call.body))
        guard let answer = try? await client.execute(request, timeout: .minutes(3)) else { return nil }
        do {
            for try await _ in answer.body {}
        } catch {
            return nil
        }
        return Int(answer.status.code)
    }
}
