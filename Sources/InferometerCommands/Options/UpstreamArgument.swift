// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryProxy

/// An engine to record, as a person names it: `[NAME=]URL`.
struct UpstreamArgument: Hashable, Sendable {
    /// The name under which the engine is reached and recorded, if it was given one.
    var name: String?
    /// Where the engine is.
    var address: UpstreamAddress

    /// Reads an argument.
    ///
    /// - Throws: ``ProxyError`` that says what is wrong with it.
    init(_ argument: String) throws {
        var url = argument[...]
        if let equals = argument.firstIndex(of: "="), !argument[..<equals].contains("/") {
            name = String(argument[..<equals])
            url = argument[argument.index(after: equals)...]
        }
        address = try UpstreamAddress(url: String(url))
    }
}
