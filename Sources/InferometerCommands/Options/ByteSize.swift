// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number of bytes: `5000000`, `500MB`, `2GiB`.
struct ByteSize: Hashable, Sendable, ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = argument.dropFirst(digits.count).lowercased()
        guard let factor = Self.factors[unit], let count = Double(digits), count * factor <= 1e18 else { return nil }
        bytes = Int(count * factor)
    }

    private static let factors: [String: Double] = [
        "": 1, "b": 1,
        "k": 1e3, "kb": 1e3, "kib": 1_024,
        "m": 1e6, "mb": 1e6, "mib": 1_048_576,
        "g": 1e9, "gb": 1e9, "gib": 1_073_741_824,
        "t": 1e12, "tb": 1e12, "tib": 1_099_511_627_776,
    ]
}
