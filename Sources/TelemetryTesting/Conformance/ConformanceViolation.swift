// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One way in which an implementation breaks the contract of a protocol.
///
/// The suites return these rather than fail a test, so that any test framework will do:
///
/// ```swift
/// #expect(EnergyMonitorConformance.check(MyMonitor()).isEmpty)
/// ```
public struct ConformanceViolation: Sendable, Hashable, CustomStringConvertible {
    /// The rule that was broken, by a short name that stays the same.
    public let rule: String
    /// What was seen, and what the rule demands.
    public let detail: String

    /// Creates a violation.
    public init(rule: String, detail: String) {
        self.rule = rule
        self.detail = detail
    }

    /// The rule and the detail.
    public var description: String {
        "\(rule): \(detail)"
    }
}

extension [ConformanceViolation] {
    /// Adds a violation unless the rule is kept; one of a rule is enough, for the next would say the same.
    mutating func require(_ isKept: Bool, _ rule: String, _ detail: @autoclosure () -> String) {
        guard !isKept, !contains(where: { $0.rule == rule }) else { return }
        append(ConformanceViolation(rule: rule, detail: detail()))
    }
}
