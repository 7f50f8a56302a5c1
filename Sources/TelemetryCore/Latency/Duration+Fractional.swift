// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The duration in nanoseconds, sixteen digits of it.
    package var fractionalNanoseconds: Double {
        let attoseconds = attoseconds
        // A gap under nine seconds fits a machine word, whose conversion is many times faster.
        if let word = Int64(exactly: attoseconds) {
            return Double(word) / 1e9
        }
        return Double(attoseconds) / 1e9
    }

    /// Creates a duration from nanoseconds, to the attosecond.
    ///
    /// - Parameter nanoseconds: finite and within 1e28, which is what the caller has seen to.
    package init(fractionalNanoseconds nanoseconds: Double) {
        let whole = nanoseconds.rounded(.towardZero)
        let rest = ((nanoseconds - whole) * 1e9).rounded()
        self.init(attoseconds: Int128(whole) * 1_000_000_000 + Int128(rest))
    }

    /// A duration of so many seconds, or nothing if the number is not finite or beyond 1e15 seconds.
    public static func seconds(checking seconds: Double) -> Duration? {
        guard seconds.isFinite, abs(seconds) <= 1e15 else { return nil }
        let whole = seconds.rounded(.towardZero)
        let rest = ((seconds - whole) * 1e18).rounded()
        return Duration(attoseconds: Int128(whole) * 1_000_000_000_000_000_000 + Int128(rest))
    }

    /// A duration of so many milliseconds, or nothing if the number is not finite or beyond 1e18 milliseconds.
    public static func milliseconds(checking milliseconds: Double) -> Duration? {
        guard milliseconds.isFinite, abs(milliseconds) <= 1e18 else { return nil }
        let whole = milliseconds.rounded(.towardZero)
        let rest = ((milliseconds - whole) * 1e15).rounded()
        return Duration(attoseconds: Int128(whole) * 1_000_000_000_000_000 + Int128(rest))
    }
}
