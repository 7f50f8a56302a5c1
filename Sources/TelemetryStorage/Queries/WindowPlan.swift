// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// How a window of time is put together: whole days and hours from the roll-ups, the rest from calls.
///
/// Spans are of microseconds since the epoch, each without its end.
struct WindowPlan: Sendable, Hashable {
    struct Span: Sendable, Hashable {
        var start: Int64
        var end: Int64
    }

    var rows: [Span] = []
    var hours: [Span] = []
    var days: [Span] = []

    /// Plans a window.
    ///
    /// - Parameters:
    ///   - range: The window, bounds inclusive.
    ///   - coarsest: The longest span that may be used; nothing to read calls alone.
    init(_ range: TimeRange, coarsest: RollupLevel?) {
        guard !range.isEmpty else { return }
        let start = range.since?.microsecondsSinceEpoch ?? Int64.min
        let until = range.until?.microsecondsSinceEpoch ?? Int64.max
        // The last microsecond of all is given up for an end that is not inside.
        let whole = Span(start: start, end: until == .max ? until : until + 1)
        guard let coarsest else {
            rows = [whole]
            return
        }
        let (hourSpan, rowSpans) = Self.split(whole, by: .hour)
        rows = rowSpans
        guard let hourSpan else { return }
        guard coarsest == .day else {
            hours = [hourSpan]
            return
        }
        let (daySpan, hourSpans) = Self.split(hourSpan, by: .day)
        hours = hourSpans
        days = daySpan.map { [$0] } ?? []
    }

    /// The spans of one level.
    func spans(of level: RollupLevel) -> [Span] {
        level == .hour ? hours : days
    }

    /// The whole periods of a level inside a span, and what is left on either side.
    private static func split(_ span: Span, by level: RollupLevel) -> (Span?, [Span]) {
        let first = span.start == .min ? .min : SpanArithmetic.ceiling(of: span.start, length: level.length)
        let last = span.end == .max ? .max : level.start(of: span.end)
        guard first < last else { return (nil, [span]) }
        let rest = [Span(start: span.start, end: first), Span(start: last, end: span.end)]
        return (Span(start: first, end: last), rest.filter { $0.start < $0.end })
    }
}
