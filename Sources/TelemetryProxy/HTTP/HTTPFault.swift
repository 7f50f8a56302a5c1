// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Why a message is not HTTP/1 as RFC 9112 defines it, or is beyond a limit.
struct HTTPFault: Error, Hashable {
    /// The status that a request with this fault is refused with.
    let status: Int
    /// What is wrong, without any of the message's own text.
    let reason: StaticText

    static func badRequest(_ reason: StaticText) -> HTTPFault {
        HTTPFault(status: 400, reason: reason)
    }
}

/// A text that is part of the program, so that it cannot hold anything of a message.
struct StaticText: Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    let description: String

    init(stringLiteral value: StaticString) {
        description = value.description
    }
}
