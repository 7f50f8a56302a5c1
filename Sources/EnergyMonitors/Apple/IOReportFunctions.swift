// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// An object of CoreFoundation's: a pointer that only its functions follow, held as a number; 0 is none.
typealias FoundationReference = UInt

/// The functions of IOReport, of CoreFoundation and of the system that the Apple monitor calls, found by name.
///
/// IOReport has no public header, and CoreFoundation is found the same way, so that this compiles on every platform and
/// runs wherever a library offers these names.
struct IOReportFunctions: Sendable {
    typealias Reference = FoundationReference
    typealias Getter = @Sendable @convention(c) (Reference) -> Reference
    typealias Lookup = @Sendable @convention(c) (Reference, Reference) -> Reference
    typealias Element = @Sendable @convention(c) (Reference, Int) -> Reference
    typealias Length = @Sendable @convention(c) (Reference) -> Int
    typealias TypeOf = @Sendable @convention(c) (Reference) -> UInt
    typealias TypeNumber = @Sendable @convention(c) () -> UInt

    let makeString: @Sendable @convention(c) (Reference, UnsafePointer<CChar>, UInt32) -> Reference
    let readString: @Sendable @convention(c) (Reference, UnsafeMutablePointer<CChar>, Int, UInt32) -> UInt8
    let release: @Sendable @convention(c) (Reference) -> Void
    let typeOf: TypeOf
    let arrayType: TypeNumber
    let dataType: TypeNumber
    let value: Lookup
    let setValue: @Sendable @convention(c) (Reference, Reference, Reference) -> Void
    let copyDictionary: @Sendable @convention(c) (Reference, Int, Reference) -> Reference
    let count: Length
    let element: Element
    let copyArray: @Sendable @convention(c) (Reference, Int, Reference) -> Reference
    let removeElement: @Sendable @convention(c) (Reference, Int) -> Void
    let bytes: @Sendable @convention(c) (Reference) -> UnsafePointer<UInt8>?
    let byteCount: Length
    let copyChannels: @Sendable @convention(c) (Reference, Reference, UInt64, UInt64, UInt64) -> Reference
    let subscribe:
        @Sendable @convention(c) (UInt, Reference, UnsafeMutablePointer<Reference>, UInt64, Reference) -> Reference
    let sample: @Sendable @convention(c) (Reference, Reference, Reference) -> Reference
    let channelName: Getter
    let unitLabel: Getter
    let integerValue: @Sendable @convention(c) (Reference, Int32) -> Int64
    let machTime: @Sendable @convention(c) () -> UInt64
    let machTimebase: @Sendable @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32

    /// Finds every function in IOReport, in what it rests on, or in the libraries beside it.
    ///
    /// - Throws: The name of the first that is missing.
    init(_ libraries: [DynamicLibrary]) throws(MissingSymbol) {
        let find = SymbolFinder(libraries: libraries)
        makeString = try find("CFStringCreateWithCString")
        readString = try find("CFStringGetCString")
        release = try find("CFRelease")
        typeOf = try find("CFGetTypeID")
        arrayType = try find("CFArrayGetTypeID")
        dataType = try find("CFDataGetTypeID")
        value = try find("CFDictionaryGetValue")
        setValue = try find("CFDictionarySetValue")
        copyDictionary = try find("CFDictionaryCreateMutableCopy")
        count = try find("CFArrayGetCount")
        element = try find("CFArrayGetValueAtIndex")
        copyArray = try find("CFArrayCreateMutableCopy")
        removeElement = try find("CFArrayRemoveValueAtIndex")
        bytes = try find("CFDataGetBytePtr")
        byteCount = try find("CFDataGetLength")
        copyChannels = try find("IOReportCopyChannelsInGroup")
        subscribe = try find("IOReportCreateSubscription")
        sample = try find("IOReportCreateSamples")
        channelName = try find("IOReportChannelGetChannelName")
        unitLabel = try find("IOReportChannelGetUnitLabel")
        integerValue = try find("IOReportSimpleGetIntegerValue")
        machTime = try find("mach_absolute_time")
        machTimebase = try find("mach_timebase_info")
    }

    /// The processor's own name, such as `Apple M4 Max`.
    static func processorBrand(_ libraries: [DynamicLibrary]) -> String? {
        typealias Query =
            @Sendable @convention(c) (
                UnsafePointer<CChar>, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>, UnsafeRawPointer?, Int
            ) -> Int32
        guard let query = libraries.firstValue({ $0.function("sysctlbyname", as: Query.self) }) else { return nil }
        var buffer = [CChar](repeating: 0, count: 128)
        var size = buffer.count - 1
        guard query("machdep.cpu.brand_string", &buffer, &size, nil, 0) == 0 else { return nil }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

/// A function that a library was to have and has not.
struct MissingSymbol: Error, Sendable, Hashable {
    let name: String
}

/// Finds functions whose type the caller's context gives.
private struct SymbolFinder {
    let libraries: [DynamicLibrary]

    func callAsFunction<Function>(_ name: String) throws(MissingSymbol) -> Function {
        guard let found = libraries.firstValue({ $0.function(name, as: Function.self) }) else {
            throw MissingSymbol(name: name)
        }
        return found
    }
}
