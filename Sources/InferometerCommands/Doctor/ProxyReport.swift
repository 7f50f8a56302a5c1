// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a running `serve` is doing, as it tells itself.
struct ProxyReport: Sendable, Hashable {
    var url: String
    var counters: Counters

    /// What the proxy's own path answers.
    struct Counters: Sendable, Hashable, Decodable {
        var calls: Int
        var callsInFlight: Int
        var failures: Int
        var recordFailures: Int

        enum CodingKeys: String, CodingKey {
            case calls
            case callsInFlight = "calls_in_flight"
            case failures
            case recordFailures = "record_failures"
        }
    }

    /// Asks the proxy at an address; nothing if none answers there.
    static func ask(_ address: ListenAddress, client: HTTPClient) async -> ProxyReport? {
        let url = "http://\(address.authority)"
        let request = HTTPClientRequest(url: url + "/_inferometer/health")
        guard let answer = try? await client.execute(request, timeout: .milliseconds(800)),
            let body = try? await answer.body.collect(upTo: 1 << 16),
            let counters = try? JSONDecoder().decode(Counters.self, from: Data(body.readableBytesView))
        else { return nil }
        return ProxyReport(url: url, counters: counters)
    }

    var json: JSONValue {
        .pairs([
            "url": .string(url), "calls": .integer(counters.calls), "calls_in_flight": .integer(counters.callsInFlight),
            "failures": .integer(counters.failures), "record_failures": .integer(counters.recordFailures),
        ])
    }
}
