// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Answers that were written after documentation, for want of captures.
enum Documented {
    static func text(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: folder.appendingPathComponent("Fixtures/documented/\(name)"), encoding: .utf8)
    }
}
