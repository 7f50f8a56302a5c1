// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The duration in seconds, for the edge of a format.
    public var seconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }

    /// The duration in milliseconds, for the edge of a format.
    public var milliseconds: Double {
        let parts = components
        return Double(parts.seconds) * 1e3 + Double(parts.attoseconds) / 1e15
    }

    /// The duration in whole nanoseconds, toward zero, saturating at the range of `Int64`.
    public var nanoseconds: Int64 {
        Int64(clamping: attoseconds / 1_000_000_000)
    }
}
