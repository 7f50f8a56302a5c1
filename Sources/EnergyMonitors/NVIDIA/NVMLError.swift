// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Why a call into NVIDIA's management library failed.
struct NVMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The library's return codes that decide what happens next, and one of ours.
    enum Code {
        static let uninitialized: Int32 = 1
        static let notSupported: Int32 = 3
        static let noPermission: Int32 = 4
        static let notFound: Int32 = 6
        static let insufficientSize: Int32 = 7
        static let driverNotLoaded: Int32 = 9
        static let functionNotFound: Int32 = 13
        static let gpuIsLost: Int32 = 15
        static let resetRequired: Int32 = 16
        static let libraryMismatch: Int32 = 18
    }

    /// The function's name.
    let function: String
    /// The library's return code.
    let code: Int32
    /// The library's own words for it.
    let text: String

    var description: String {
        "\(function): \(text)"
    }

    /// Whether the library will never answer this on this device, so that another way must be found.
    var isUnsupported: Bool {
        code == Code.notSupported || code == Code.functionNotFound
    }

    /// Whether the driver or the device went away, so that a new start of the library may bring it back.
    var isLost: Bool {
        switch code {
        case Code.uninitialized, Code.driverNotLoaded, Code.gpuIsLost, Code.resetRequired, Code.libraryMismatch: true
        default: false
        }
    }

    /// The failure as readers of sensors see it.
    func failure(of device: String) -> SensorFailure {
        let kind: SensorFailure.Code =
            if isUnsupported {
                .notSupported
            } else if isLost {
                .lost
            } else if code == Code.noPermission {
                .permissionDenied
            } else {
                .failed
            }
        return SensorFailure(kind, "\(device): \(self)")
    }
}
