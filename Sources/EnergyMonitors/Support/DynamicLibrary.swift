// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A library found at run time by the loader's own search, and kept loaded for the life of the process.
///
/// It is never closed: function pointers taken from it stay good, whoever holds them.
struct DynamicLibrary: Sendable {
    /// The name under which the library was found.
    let name: String
    private let handle: UInt

    /// Loads the first of several names that the loader finds.
    ///
    /// - Throws: The loader's reasons, one per name, if it finds none.
    init(firstOf names: [String]) throws(DynamicLibraryError) {
        var reasons: [String] = []
        for name in names {
            if let found = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                self.name = name
                handle = UInt(bitPattern: found)
                return
            }
            reasons.append(dlerror().map { String(cString: $0) } ?? "\(name) cannot be loaded")
        }
        throw DynamicLibraryError(reasons: reasons)
    }

    /// The address of a symbol, or nothing if the library has none of this name.
    func address(of symbol: String) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: handle).flatMap { dlsym($0, symbol) }
    }

    /// A function of the library, or nothing if it has none of this name.
    ///
    /// The type must be a `@convention(c)` function type that matches the library's declaration.
    func function<Function>(_ symbol: String, as type: Function.Type) -> Function? {
        precondition(MemoryLayout<Function>.size == MemoryLayout<UnsafeRawPointer>.size, "Not a C function type.")
        return address(of: symbol).map { unsafeBitCast($0, to: type) }
    }

    /// The first of several functions of one type that the library has.
    func function<Function>(firstOf symbols: [String], as type: Function.Type) -> Function? {
        for symbol in symbols {
            if let found = function(symbol, as: type) { return found }
        }
        return nil
    }
}

/// Why a library could not be loaded.
struct DynamicLibraryError: Error, Sendable, CustomStringConvertible {
    /// What the loader said, one reason per name tried.
    let reasons: [String]

    var description: String {
        reasons.joined(separator: "; ")
    }
}
