// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Where hardware is looked for: the libraries' names, the root of the kernel's folders, and the clock.
///
/// The defaults are the machine itself. Tests point elsewhere.
public struct HardwareAccess: Sendable {
    /// The folder that stands for `/` when `sys` and `proc` are read.
    ///
    /// Defaults to `/`.
    public var root = "/"
    /// The names under which the loader may find NVIDIA's management library, best first.
    public var nvidiaLibraries = ["libnvidia-ml.so.1", "libnvidia-ml.so"]
    /// The names under which the loader may find IOReport and what it rests on, best first.
    public var appleLibraries = ["/usr/lib/libIOReport.dylib", "libIOReport.dylib"]
    /// The clock.
    public var clock = TelemetryClock.system

    /// Creates the way to the machine's own hardware.
    public init() {}

    /// The folder that stands for `/`.
    var rootDirectory: SysfsDirectory {
        SysfsDirectory(path: root)
    }

    /// Whether the kernel's folders are those of the running kernel.
    var isLive: Bool {
        root == "/"
    }
}
