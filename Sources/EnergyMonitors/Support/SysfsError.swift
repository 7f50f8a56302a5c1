// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Why a file or folder of the kernel's could not be read.
struct SysfsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    enum Code: Sendable, Hashable {
        /// There is no such file.
        case missing
        /// The file is there, and this process may not read it.
        case denied
        /// The file was read, and its content is not what it should be.
        case malformed
        /// The kernel failed to read, with its error number; the device may be gone.
        case failed(Int32)
    }

    /// The kind of failure.
    let code: Code
    /// The path that was to be read.
    let path: String
    /// The kernel's own words, or what was found instead.
    let detail: String

    var description: String {
        switch code {
        case .missing: "\(path) does not exist"
        case .denied: "\(path) may not be read by this process"
        case .malformed: "\(path) holds \(detail)"
        case .failed: "\(path) cannot be read: \(detail)"
        }
    }
}
