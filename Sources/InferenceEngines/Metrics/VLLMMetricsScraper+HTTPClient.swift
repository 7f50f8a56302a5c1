// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TelemetryCore

extension VLLMMetricsScraper {
    /// The most that an engine's metrics may take up; two hundred engines stay below it.
    private static let largestBody = 16 << 20

    /// Creates a scraper that asks over HTTP.
    ///
    /// - Parameters:
    ///   - address: the engine's base address, such as `http://localhost:8000`, or that of its metrics; `http` where
    ///     it names no scheme, `/metrics` where it names no path.
    ///   - client: the client that asks.
    ///   - timeout: how long the whole answer may take. Defaults to 5 seconds.
    /// - Throws: ``MetricsScrapeError`` where the address is none that can be asked.
    public init(
        address: String,
        client: HTTPClient = .shared,
        timeout: Duration = .seconds(5)
    ) throws(MetricsScrapeError) {
        let limit = TimeAmount.nanoseconds(timeout.nanoseconds)
        try self.init(address: address) { url in
            var request = HTTPClientRequest(url: url)
            // The classic format: a scraper that asks for none gets it, and OpenMetrics' differs by names.
            request.headers = ["Accept": "text/plain;version=0.0.4"]
            let answer = try await client.execute(request, deadline: .now() + limit)
            let body = try await answer.body.collect(upTo: Self.largestBody)
            return Answer(status: Int(answer.status.code), body: Array(body.readableBytesView))
        }
    }
}
