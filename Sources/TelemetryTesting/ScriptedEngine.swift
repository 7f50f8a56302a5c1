// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// An engine that answers as a test wrote it, moving the test's clock as it goes.
public struct ScriptedEngine: InferenceEngine {
    /// One event of the script and the time before it.
    public struct Step: Sendable {
        let chunk: InferenceChunk
        let delay: Duration

        /// Creates a step.
        public init(_ chunk: InferenceChunk, after delay: Duration) {
            self.chunk = chunk
            self.delay = delay
        }

        /// A step that says a text.
        public static func text(_ text: String, after delay: Duration) -> Step {
            Step(InferenceChunk(text: text), after: delay)
        }
    }

    /// The engine's identity; changeable, so that a test can be local, remote or of any kind.
    public var identity = EngineIdentity(
        kind: EngineKind(rawValue: "fake"),
        name: "fake",
        isLocal: true,
        streamsTokens: true
    )
    private let response: InferenceResponse
    private let time: Duration
    private let steps: [Step]
    private let failure: ScriptedFailure?
    private let clock: ManualClock

    /// Creates an engine that answers in one piece.
    public init(response: InferenceResponse, takes time: Duration, clock: ManualClock) {
        self.init(response: response, time: time, steps: [], failure: nil, clock: clock)
    }

    /// Creates an engine that streams, and fails after the last event if a failure is given.
    public init(chunks: [Step], failure: ScriptedFailure? = nil, clock: ManualClock) {
        self.init(response: InferenceResponse(), time: .zero, steps: chunks, failure: failure, clock: clock)
    }

    /// Creates an engine that fails.
    public init(failure: ScriptedFailure, clock: ManualClock) {
        self.init(response: InferenceResponse(), time: .zero, steps: [], failure: failure, clock: clock)
    }

    private init(
        response: InferenceResponse,
        time: Duration,
        steps: [Step],
        failure: ScriptedFailure?,
        clock: ManualClock
    ) {
        self.response = response
        self.time = time
        self.steps = steps
        self.failure = failure
        self.clock = clock
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func generate(_ request: InferenceRequest) async throws -> InferenceResponse {
        clock.advance(by: time)
        if let failure { throw failure }
        return response
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func stream(_ request: InferenceRequest) async throws -> ScriptedChunks {
        ScriptedChunks(steps: steps, failure: failure, clock: clock)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func models() async throws -> [EngineModel] {
        [EngineModel(id: "m")]
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func isHealthy() async -> Bool {
        failure == nil
    }
}

/// A failure that a test wrote.
public struct ScriptedFailure: InferenceEngineFailure, Equatable {
    /// Why the call did not complete.
    public let errorKind: CallErrorKind
    /// The status of the answer.
    public let httpStatus: Int?

    /// Creates a failure.
    public init(errorKind: CallErrorKind, httpStatus: Int?) {
        self.errorKind = errorKind
        self.httpStatus = httpStatus
    }
}

/// The events of a scripted stream.
public struct ScriptedChunks: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = InferenceChunk
    let steps: [ScriptedEngine.Step]
    let failure: ScriptedFailure?
    let clock: ManualClock

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(rest: steps[...], failure: failure, clock: clock)
    }

    /// Plays the script.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ArraySlice<ScriptedEngine.Step>
        let failure: ScriptedFailure?
        let clock: ManualClock

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public mutating func next() async throws -> InferenceChunk? {
            guard let step = rest.popFirst() else {
                if let failure { throw failure }
                return nil
            }
            clock.advance(by: step.delay)
            return step.chunk
        }
    }
}
