// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting

/// The captures that the tests replay: the folder that `INFEROMETER_CAPTURES` names, else the repository's copy.
enum Captures {
    static let folder: String =
        ProcessInfo.processInfo.environment["INFEROMETER_CAPTURES"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/captures").path

    // Read at first use; a folder that cannot be read gives a single case, which fails by its name.
    static let all: [CapturedExchange] = (try? CaptureFolder(path: folder))?.exchanges ?? []
}
