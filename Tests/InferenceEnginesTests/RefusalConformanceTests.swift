// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import TelemetryCore
import TelemetryTesting
import Testing

/// What our clients do with what they cannot get, held to the contract that third parties' are held to.
@Suite struct RefusalConformanceTests {
    private let request = InferenceRequest(model: "m", messages: [InferenceMessage(.user, "hello")])

    private func check(_ address: String) async -> [ConformanceViolation] {
        let identity = EngineIdentity(kind: .unknown, name: address, isLocal: true)
        let url = "http://" + address
        return await InferenceEngineConformance.checkRefusal(
            OpenAICompatibleEngine(baseURL: url, identity: identity),
            of: request
        ) + InferenceEngineConformance.checkRefusal(OllamaEngine(baseURL: url, identity: identity), of: request)
    }

    @Test(arguments: ["400 Bad Request", "404 Not Found", "429 Too Many Requests", "500 Oops", "503 Busy"])
    func aStatusIsAFailureOfItsKind(_ status: String) async throws {
        let body = #"{"error":{"message":"no"}}"#
        let answer =
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let server = try OneAnswerServer(sending: Array((answer + body).utf8))
        #expect(await check(server.address) == [])
    }

    @Test func anAnswerThatIsNoJSONIsAFailure() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n<html>\r\n"
        let server = try OneAnswerServer(sending: Array(answer.utf8))
        let rules = await check(server.address).map(\.rule)
        #expect(!rules.contains("refusal"))
    }

    @Test func nobodyThereIsAFailure() async throws {
        #expect(await check(try OneAnswerServer.unusedAddress()) == [])
    }
}
