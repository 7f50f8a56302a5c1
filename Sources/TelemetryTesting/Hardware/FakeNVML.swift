// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// NVIDIA's management library as a script tells it: cards, power curves, counters, and every kind of bad luck.
///
/// In this process the fake is a library of its own, opened by ``libraryPath``; a manual clock moves by ``setTime(_:)``.
/// Another process finds it as the real one when it is started with ``environment``; give the script a real clock then.
/// The script's lines are listed in `Sources/CFakeNVML/include/fake_nvml.h`.
public final class FakeNVML: Sendable {
    /// The library's path, under the name that programs look for.
    public let libraryPath: String
    /// What another process needs in its environment to find this library and its script.
    public let environment: [String: String]

    private let library: FakeLibrary
    private let loadScript: @Sendable @convention(c) (UnsafePointer<CChar>) -> Int32
    private let moveTime: @Sendable @convention(c) (Double) -> Void
    private let countCalls: @Sendable @convention(c) (UnsafePointer<CChar>) -> UInt64
    private let integrate: @Sendable @convention(c) (UInt32, Double, Double) -> Double
    private let readCounter: @Sendable @convention(c) (UInt32, Double) -> UInt64

    /// Makes a fake from a script.
    ///
    /// - Parameters:
    ///   - script: The script's text.
    ///   - missing: Functions that this driver shall not have at all, such as `nvmlDeviceGetFieldValues`.
    /// - Throws: ``ScratchError`` if the library was not built or a line is refused.
    public init(script: String, missing: [String] = []) throws(ScratchError) {
        library = try FakeLibrary(product: "FakeNVML", name: "libnvidia-ml.so.1", hidden: missing)
        libraryPath = library.path
        environment = [
            "LD_LIBRARY_PATH": library.scratch.path,
            "FAKE_NVML_SCRIPT": library.scratch.path + "/script",
        ]
        loadScript = library.function(
            "fake_nvml_load",
            as: (@Sendable @convention(c) (UnsafePointer<CChar>) -> Int32).self
        )
        moveTime = library.function("fake_nvml_set_time", as: (@Sendable @convention(c) (Double) -> Void).self)
        countCalls = library.function(
            "fake_nvml_calls",
            as: (@Sendable @convention(c) (UnsafePointer<CChar>) -> UInt64).self
        )
        integrate = library.function(
            "fake_nvml_joules",
            as: (@Sendable @convention(c) (UInt32, Double, Double) -> Double).self
        )
        readCounter = library.function(
            "fake_nvml_counter",
            as: (@Sendable @convention(c) (UInt32, Double) -> UInt64).self
        )
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

    /// How often this process called a function, by its name without `nvml`.
    public func calls(of function: String) -> Int {
        Int(clamping: countCalls(function))
    }

    /// Joules under a card's curve between two times, whatever its counter says.
    public func joules(device: Int = 0, from: Double, until: Double) -> Double {
        integrate(UInt32(clamping: device), from, until)
    }

    /// What a card's counter shows at a time, in millijoules.
    public func counter(device: Int = 0, at seconds: Double) -> UInt64 {
        readCounter(UInt32(clamping: device), seconds)
    }
}
