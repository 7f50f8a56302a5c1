// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of captures: one folder per engine, in it `NAME.raw`, `NAME.req.json` and `NAME.recv.jsonl`.
///
/// A `NAME.sse` is an answer to a streamed chat request whose chunk framing was not kept. Other files are no exchanges.
public struct CaptureFolder: Sendable {
    /// What is wrong with a folder of captures.
    public struct Failure: Error, CustomStringConvertible {
        /// The file and the reason.
        public let description: String
    }

    /// The exchanges, sorted by name.
    public let exchanges: [CapturedExchange]

    /// Reads a folder whole.
    ///
    /// - Throws: ``Failure`` for a file that cannot be read as an exchange, and for a folder without any, so that no
    ///   case is passed over in silence.
    public init(path: String) throws {
        let root = URL(fileURLWithPath: path, isDirectory: true)
        var exchanges: [CapturedExchange] = []
        for engine in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            let folder = root.appendingPathComponent(engine, isDirectory: true)
            // A plain file beside the folders is no engine.
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for file in files.sorted() where file.hasSuffix(".raw") || file.hasSuffix(".sse") {
                exchanges.append(try Self.exchange(at: folder.appendingPathComponent(file), engine: engine))
            }
        }
        guard !exchanges.isEmpty else { throw Failure(description: "\(path): no captures") }
        self.exchanges = exchanges
    }

    private static func exchange(at file: URL, engine: String) throws -> CapturedExchange {
        let base = file.deletingPathExtension()
        let isFramed = file.pathExtension == "raw"
        let exchange = CapturedExchange(
            name: "\(engine)/\(base.lastPathComponent)",
            request: try request(beside: base, isFramed: isFramed),
            raw: Array(try Data(contentsOf: file)),
            arrivals: try arrivals(beside: base),
            isFramed: isFramed
        )
        guard let exchange else { throw Failure(description: "\(file.path): no HTTP answer") }
        return exchange
    }

    private static func request(beside base: URL, isFramed: Bool) throws -> CapturedRequest {
        let file = base.appendingPathExtension("req.json")
        guard let data = try? Data(contentsOf: file) else { return missingRequest(isFramed: isFramed) }
        guard
            let facts = try JSONSerialization.jsonObject(with: data) as? [String: Any],
            let method = facts["method"] as? String,
            let path = facts["path"] as? String
        else { throw Failure(description: "\(file.path): no request") }
        return CapturedRequest(
            method: method,
            path: path,
            body: try bodyBytes(facts["body"]),
            isCutByClient: facts["note"] as? String == "CLIENT CUT"
        )
    }

    private static func bodyBytes(_ body: Any?) throws -> [UInt8] {
        switch body {
        case let text as String: Array(text.utf8)
        case let object as [String: Any]:
            Array(try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]))
        default: []
        }
    }

    // Answers kept without their request: a streamed chat that asked for usage, and a scrape of the metrics.
    private static func missingRequest(isFramed: Bool) -> CapturedRequest {
        guard !isFramed else { return CapturedRequest(method: "GET", path: "/metrics", body: []) }
        let body = #"{"messages":[],"model":"tiny","stream":true,"stream_options":{"include_usage":true}}"#
        return CapturedRequest(method: "POST", path: "/v1/chat/completions", body: Array(body.utf8))
    }

    private static func arrivals(beside base: URL) throws -> [CapturedArrival] {
        let file = base.appendingPathExtension("recv.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return try text.split(separator: "\n").map { line in
            guard
                let facts = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let milliseconds = facts["t_ms"] as? Double,
                let count = facts["n"] as? Int
            else { throw Failure(description: "\(file.path): no arrival: \(line)") }
            return CapturedArrival(seconds: milliseconds / 1_000, count: count)
        }
    }
}
