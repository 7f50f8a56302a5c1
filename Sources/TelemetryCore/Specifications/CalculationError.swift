// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A calculation that was refused because its inputs cannot be right.
public struct CalculationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of input was refused, stable enough to switch over.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// Times that step back or are no numbers.
        public static let times = Code(name: "times")
        /// A configuration that no measurement can satisfy, or that any does.
        public static let configuration = Code(name: "configuration")
        /// A sample that is no number.
        public static let sample = Code(name: "sample")
        /// A size, count or rate that is negative, zero where it may not be, or no number.
        public static let quantity = Code(name: "quantity")
    }

    /// The kind of input.
    public let code: Code
    /// What was wrong and what to give instead.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String {
        message
    }
}
