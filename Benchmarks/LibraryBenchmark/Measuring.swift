// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Times of the same thing, in seconds.
final class Tally {
    private var times: [Double] = []

    /// The median.
    var median: Double { times.isEmpty ? 0 : times.sorted()[times.count / 2] }

    func time(_ body: () async throws -> Void) async rethrows {
        let began = ContinuousClock.now
        try await body()
        times.append((ContinuousClock.now - began).seconds)
    }

    func timeNow(_ body: () throws -> Void) rethrows {
        let began = ContinuousClock.now
        try body()
        times.append((ContinuousClock.now - began).seconds)
    }
}

/// The process's calls of `malloc` and its kin, where a library that counts them was loaded before all others.
enum Allocations {
    private static let counter: (@convention(c) () -> UInt64)? = {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "allocations_counted") else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) () -> UInt64).self)
    }()

    static var count: Int? { counter.map { Int($0()) } }
}

/// An engine that costs next to nothing, so that what is around it shows.
struct InstantEngine: InferenceEngine {
    let tokens: Int
    let identity = EngineIdentity(kind: .vllm, name: "instant", isLocal: true, streamsTokens: true)
    private let response: InferenceResponse

    init(tokens: Int) {
        self.tokens = tokens
        var usage = TokenUsage(source: .usage)
        usage.prompt = 500
        usage.completion = 300
        var response = InferenceResponse(text: "word", usage: usage)
        response.model = "m"
        response.finishReason = "stop"
        self.response = response
    }

    func generate(_ request: InferenceRequest) async throws -> InferenceResponse { response }

    func stream(_ request: InferenceRequest) async throws -> InstantChunks { InstantChunks(count: tokens) }

    func models() async throws -> [EngineModel] { [] }

    func isHealthy() async -> Bool { true }
}

/// The same short event again and again.
struct InstantChunks: AsyncSequence, Sendable {
    typealias Element = InferenceChunk
    let count: Int

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(left: count) }

    struct AsyncIterator: AsyncIteratorProtocol {
        var left: Int
        let chunk = InferenceChunk(text: "word")

        mutating func next() async throws -> InferenceChunk? { step() }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> InferenceChunk? { step() }

        private mutating func step() -> InferenceChunk? {
            guard left > 0 else { return nil }
            left -= 1
            return chunk
        }
    }
}
