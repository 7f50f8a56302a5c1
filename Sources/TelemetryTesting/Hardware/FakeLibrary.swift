// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A private copy of one of the fake vendor libraries.
///
/// The loader gives each copy its own variables, so tests that run side by side do not meet.
struct FakeLibrary: Sendable {
    let scratch: ScratchDirectory
    let path: String
    private let handle: UInt

    /// Copies a library that the package built, under the name that a program looks for.
    ///
    /// - Parameters:
    ///   - product: The library's product, such as `FakeNVML`.
    ///   - name: The file name of the copy.
    ///   - hidden: Functions that the copy shall not have. Works where libraries are ELF files.
    /// - Throws: ``ScratchError`` if the library was not built or lacks a function that is to be hidden.
    init(product: String, name: String, hidden: [String]) throws(ScratchError) {
        scratch = try ScratchDirectory()
        path = "\(scratch.path)/\(name)"
        var bytes = try Self.read(try Self.locate(product))
        for symbol in hidden {
            try Self.hide(symbol, in: &bytes)
        }
        try scratch.write(bytes, to: name)
        guard let loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw ScratchError(reason: dlerror().map { String(cString: $0) } ?? "\(path) cannot be loaded")
        }
        handle = UInt(bitPattern: loaded)
    }

    /// A function of the copy; a `@convention(c)` type that matches its declaration.
    func function<Function>(_ symbol: String, as type: Function.Type) -> Function {
        let found = UnsafeMutableRawPointer(bitPattern: handle).flatMap { dlsym($0, symbol) }
        guard let found else { preconditionFailure("\(path) has no \(symbol).") }
        return unsafeBitCast(found, to: type)
    }

    /// Finds a library beside the running program, in a folder above it, or where `INFEROMETER_FAKES` says.
    private static func locate(_ product: String) throws(ScratchError) -> String {
        let file = "lib\(product)" + sharedLibrarySuffix
        var folders: [String] = []
        if let named = getenv("INFEROMETER_FAKES") { folders.append(String(cString: named)) }
        var parts = programPath().split(separator: "/", omittingEmptySubsequences: false)
        for _ in 0..<5 where parts.count > 1 {
            parts.removeLast()
            folders.append(parts.joined(separator: "/"))
        }
        for folder in folders where access("\(folder)/\(file)", R_OK) == 0 {
            return "\(folder)/\(file)"
        }
        throw ScratchError(
            reason: "\(file) is in none of \(folders.joined(separator: ", ")): build the product \(product), or name "
                + "its folder in INFEROMETER_FAKES"
        )
    }

    private static func read(_ path: String) throws(ScratchError) -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw ScratchError("opening \(path)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Renames a symbol in the table of names, so that a look-up by its name finds none.
    private static func hide(_ symbol: String, in bytes: inout [UInt8]) throws(ScratchError) {
        let pattern = [0] + Array(symbol.utf8) + [0]
        var found = false
        var start = 0
        while let match = bytes[start...].firstIndex(of: 0), match + pattern.count <= bytes.count {
            if bytes[match..<match + pattern.count].elementsEqual(pattern) {
                bytes[match + 1] = UInt8(ascii: "_")
                found = true
            }
            start = match + 1
        }
        if !found { throw ScratchError(reason: "the library has no \(symbol) to hide") }
    }

    #if canImport(Darwin)
    private static let sharedLibrarySuffix = ".dylib"

    private static func programPath() -> String {
        var image = Dl_info()
        guard dladdr(#dsohandle, &image) != 0, let path = image.dli_fname else { return CommandLine.arguments[0] }
        return String(cString: path)
    }
    #else
    private static let sharedLibrarySuffix = ".so"

    private static func programPath() -> String {
        guard let path = realpath("/proc/self/exe", nil) else { return CommandLine.arguments[0] }
        defer { free(path) }
        return String(cString: path)
    }
    #endif
}
