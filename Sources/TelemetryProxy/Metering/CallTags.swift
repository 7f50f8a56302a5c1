// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import TelemetryCore

/// What a client says about its call in fields of our own, which the engine never sees.
enum CallTags {
    /// Reads the tags of a request into the identity of its call.
    static func read(_ head: borrowing RequestHead, into identity: inout CallIdentity) {
        var pairs: [(key: String, value: String)] = []
        for field in head.fields.fields where field.kind.isTag {
            let value = head.text(field.value)
            switch field.kind {
            case .tagAgent: identity.agent = nonEmpty(value)
            case .tagSession: identity.session = nonEmpty(value)
            case .tagBatch: identity.batch = nonEmpty(value)
            case .tagWarmup: identity.isWarmup = value.lowercased() == "true" || value == "1"
            default: add(head.text(field.name.dropFirst(metaPrefix)).lowercased(), value, to: &pairs)
            }
        }
        if !pairs.isEmpty { identity.metadata = CallMetadata(pairs) }
    }

    private static let metaPrefix = "x-inferometer-meta-".utf8.count

    private static func nonEmpty(_ text: String) -> String? {
        text.isEmpty ? nil : text
    }

    /// A key that comes twice has its last value, so that the object has each key once.
    private static func add(_ key: String, _ value: String, to pairs: inout [(key: String, value: String)]) {
        pairs.removeAll { $0.key == key }
        pairs.append((key, value))
    }
}
