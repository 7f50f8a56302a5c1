// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// A call to an engine that failed.
public struct InferenceEngineError: InferenceEngineFailure, CustomStringConvertible {
    /// Why, as a bounded code that may be a metric's label.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's text.
        public let description: String

        /// No connection could be made.
        public static let unreachable = Code(description: "unreachable")
        /// The connection broke, or ended too early.
        public static let broken = Code(description: "broken")
        /// A time limit passed.
        public static let timeout = Code(description: "timeout")
        /// The engine answered with an error status.
        public static let status = Code(description: "status")
        /// The engine told of an error inside its stream.
        public static let inStream = Code(description: "in_stream")
        /// The answer could not be read.
        public static let malformed = Code(description: "malformed")
        /// The address or the request cannot be right.
        public static let invalidRequest = Code(description: "invalid_request")
    }

    /// Why, as a bounded code.
    public var code: Code
    /// What failed and what to do about it; never the engine's own text, which may hold content.
    public var message: String
    /// The status that the engine answered with.
    public var httpStatus: Int?
    /// The error underneath.
    public var cause: (any Error)?

    /// Creates an error.
    public init(_ code: Code, _ message: String, httpStatus: Int? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.httpStatus = httpStatus
        self.cause = cause
    }

    /// The error in terms of a record.
    public var errorKind: CallErrorKind {
        switch code {
        case .unreachable, .invalidRequest: .unreachable
        case .timeout: .timeout
        case .status: (httpStatus ?? 500) >= 500 ? .serverStatus : .clientStatus
        case .inStream: .engineError
        case .malformed: .malformed
        default: .reset
        }
    }

    /// What failed, and the code.
    public var description: String {
        "\(message) (\(code))"
    }
}
