// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// The spans of time over which calls are kept summed up.
enum RollupLevel: String, CaseIterable, Sendable {
    case hour
    /// A day of UTC.
    case day

    /// The table of this level.
    var table: String {
        "rollup_\(rawValue)"
    }

    /// The length in microseconds.
    var length: Int64 {
        switch self {
        case .hour: 3_600_000_000
        case .day: 86_400_000_000
        }
    }

    /// The start of the span that a time lies in; the very first begins where time can first be told.
    func start(of time: Int64) -> Int64 {
        SpanArithmetic.start(of: time, length: length)
    }

    /// The start of the next span; the very last ends where time can last be told.
    func end(of time: Int64) -> Int64 {
        SpanArithmetic.end(of: time, length: length)
    }
}

/// Where spans of one length begin and end; callers can name times near the ends of 64 bits.
enum SpanArithmetic {
    static func start(of time: Int64, length: Int64) -> Int64 {
        let (start, overflow) = time.subtractingReportingOverflow(rest(of: time, length))
        return overflow ? .min : start
    }

    static func end(of time: Int64, length: Int64) -> Int64 {
        let (end, overflow) = time.addingReportingOverflow(length - rest(of: time, length))
        return overflow ? .max : end
    }

    /// The first start that is not before a time.
    static func ceiling(of time: Int64, length: Int64) -> Int64 {
        rest(of: time, length) == 0 ? time : end(of: time, length: length)
    }

    private static func rest(of time: Int64, _ length: Int64) -> Int64 {
        let rest = time % length
        return rest < 0 ? rest + length : rest
    }
}

/// What tells one row of the roll-ups from another: numbers of labels and words, 0 for none.
struct RollupKey: Hashable, Sendable {
    var start: Int64 = 0
    var model: Int64 = 0
    var engine: Int64 = 0
    var upstream: Int64 = 0
    var operation: Int64 = 0
    var outcome: Int64 = 0
    var warmup: Int64 = 0
    var methodology: Int64 = 0

    /// The columns after `start`, in the order of the primary key.
    static let columns = ["model", "engine", "upstream", "operation", "outcome", "warmup", "methodology"]

    /// The values after `start`, in the order of `columns`.
    var values: [Int64] {
        [model, engine, upstream, operation, outcome, warmup, methodology]
    }

    /// The key of the span of a level that this key's time lies in.
    func at(_ level: RollupLevel) -> RollupKey {
        var key = self
        key.start = level.start(of: start)
        return key
    }
}
