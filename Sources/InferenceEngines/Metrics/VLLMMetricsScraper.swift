// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Why there are no metrics.
///
/// An engine that has nothing to do is no error: see ``VLLMMetrics/isIdle``.
public struct MetricsScrapeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was, stable enough to switch over and to label a series with.
    public struct Code: Sendable, Hashable {
        /// A word of a small fixed set.
        public let name: String

        /// Nothing answered.
        public static let unreachable = Code(name: "unreachable")
        /// Something answered, and not with the metrics of an engine that is known here.
        public static let notEngineMetrics = Code(name: "not_engine_metrics")
        /// The address is none that can be asked.
        public static let invalidAddress = Code(name: "invalid_address")
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { message }
}

/// Asks an engine for its metrics: vLLM, SGLang or llama-server.
///
/// An engine that cannot be reached, one that gives no metrics and one that is idle are three different answers: the
/// first two throw, with codes of their own, and the third is metrics that say so.
public struct VLLMMetricsScraper: Sendable {
    /// An HTTP answer: its status and its whole body.
    public struct Answer: Sendable, Hashable {
        /// The status.
        public let status: Int
        /// The body.
        public let body: [UInt8]

        /// Creates an answer.
        public init(status: Int, body: [UInt8]) {
            self.status = status
            self.body = body
        }
    }

    /// Asks for a URL; throws where nothing answers.
    public typealias Ask = @Sendable (_ url: String) async throws -> Answer

    /// The address of the metrics.
    public let url: String
    private let ask: Ask

    /// Creates a scraper over some way of asking.
    ///
    /// - Parameters:
    ///   - address: the engine's base address, such as `http://localhost:8000`, or that of its metrics; `http` where
    ///     it names no scheme, `/metrics` where it names no path.
    ///   - ask: asks for a URL.
    /// - Throws: ``MetricsScrapeError`` where the address is none that can be asked.
    public init(address: String, asking ask: @escaping Ask) throws(MetricsScrapeError) {
        url = try Self.metricsURL(address)
        self.ask = ask
    }

    /// Fetches and reads the metrics, all since the engine started.
    ///
    /// - Returns: The metrics; ``VLLMMetrics/increase(since:)`` gives what lies between two of them.
    /// - Throws: ``MetricsScrapeError`` where nothing answers, or not with an engine's metrics.
    public func scrape() async throws(MetricsScrapeError) -> VLLMMetrics {
        let answer: Answer
        do {
            answer = try await ask(url)
        } catch {
            throw MetricsScrapeError(.unreachable, "Nothing answers at \(url): \(error). Is the engine running?")
        }
        guard (200..<300).contains(answer.status) else { throw refusal(answer.status) }
        let metrics = VLLMMetrics(bytes: answer.body)
        guard metrics.engine != nil else {
            throw MetricsScrapeError(
                .notEngineMetrics,
                "What answers at \(url) gives no metrics of vLLM, SGLang or llama-server."
            )
        }
        return metrics
    }

    private func refusal(_ status: Int) -> MetricsScrapeError {
        // llama-server says 501 until it is told to keep metrics.
        let remedy = status == 501 ? " Start llama-server with --metrics." : ""
        return MetricsScrapeError(.notEngineMetrics, "\(url) answered with status \(status).\(remedy)")
    }

    private static func metricsURL(_ address: String) throws(MetricsScrapeError) -> String {
        let parts = address.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme = parts.count == 2 ? parts[0].lowercased() : "http"
        let rest = parts.last ?? ""
        let host = rest.prefix { $0 != "/" }
        guard scheme == "http" || scheme == "https", !host.isEmpty, !rest.contains(where: \.isWhitespace) else {
            throw MetricsScrapeError(
                .invalidAddress,
                "\"\(address)\" is no address of an engine: give one such as http://localhost:8000."
            )
        }
        let path = rest.dropFirst(host.count)
        let hasPath = path.contains { $0 != "/" }
        return "\(scheme)://\(host)" + (hasPath ? String(path) : "/metrics")
    }
}
