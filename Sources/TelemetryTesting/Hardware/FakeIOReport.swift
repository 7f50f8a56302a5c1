// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A Mac's energy channels as a script tells them: IOReport and what the monitor calls beside it, on any platform.
///
/// The script's lines are listed in `Sources/CFakeIOReport/include/fake_ioreport.h`.
public final class FakeIOReport: Sendable {
    /// The library's path.
    public let libraryPath: String
    /// What another process needs in its environment to find this library and its script.
    public let environment: [String: String]

    private let library: FakeLibrary
    private let loadScript: @Sendable @convention(c) (UnsafePointer<CChar>) -> Int32
    private let moveTime: @Sendable @convention(c) (Double) -> Void
    private let countObjects: @Sendable @convention(c) () -> Int
    private let countSamples: @Sendable @convention(c) () -> Int

    /// Makes a fake from a script.
    ///
    /// - Parameters:
    ///   - script: The script's text.
    ///   - missing: Functions that this system shall not have at all.
    /// - Throws: ``ScratchError`` if the library was not built or a line is refused.
    public init(script: String, missing: [String] = []) throws(ScratchError) {
        library = try FakeLibrary(product: "FakeIOReport", name: "libIOReport.dylib", hidden: missing)
        libraryPath = library.path
        environment = [
            "LD_LIBRARY_PATH": library.scratch.path,
            "FAKE_IOREPORT_SCRIPT": library.scratch.path + "/script",
        ]
        loadScript = library.function(
            "fake_ioreport_load",
            as: (@Sendable @convention(c) (UnsafePointer<CChar>) -> Int32).self
        )
        moveTime = library.function("fake_ioreport_set_time", as: (@Sendable @convention(c) (Double) -> Void).self)
        countObjects = library.function("fake_ioreport_objects", as: (@Sendable @convention(c) () -> Int).self)
        countSamples = library.function("fake_ioreport_samples", as: (@Sendable @convention(c) () -> Int).self)
        try load(script)
    }

    /// Replaces the script, here and for processes that start from now on.
    ///
    /// - Throws: ``ScratchError`` if a line is refused.
    public func load(_ script: String) throws(ScratchError) {
        try library.scratch.write(script, to: "script")
        let line = loadScript(script)
        if line != 0 { throw ScratchError(reason: "line \(line) of the script is refused") }
    }

    /// Sets the time of a manual clock, in seconds.
    public func setTime(_ seconds: Double) {
        moveTime(seconds)
    }

    /// The number of CoreFoundation objects alive: it stays level when everything that was copied is released.
    public var liveObjects: Int {
        countObjects()
    }

    /// The number of samples taken.
    public var sampleCount: Int {
        countSamples()
    }
}
