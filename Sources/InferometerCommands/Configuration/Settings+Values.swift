// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Settings as the values that options have; what is wrong with one is misuse.
extension Settings {
    /// A truth value; false where nothing is said.
    ///
    /// - Throws: `ValidationError` that names the setting.
    func saidFlag(_ key: String) throws -> Bool {
        try Self.asMisuse { try flag(key) } ?? false
    }

    /// A value of one option.
    ///
    /// - Throws: `ValidationError` that names the setting.
    func saidValue<Value: ExpressibleByArgument>(_ key: String) throws -> Value? {
        try Self.asMisuse { try text(key) }.map { try Self.value($0, of: key) }
    }

    /// Reads the values of an option that may be repeated.
    ///
    /// - Parameters:
    ///   - key: The option's name.
    ///   - join: Puts together what the environment's commas cut in two.
    /// - Returns: The values; none where nothing is said.
    /// - Throws: `ValidationError` that names the setting.
    func saidValues<Value: ExpressibleByArgument>(
        _ key: String,
        joining join: ([String]) -> [String] = { $0 }
    ) throws -> [Value] {
        let parts = try Self.asMisuse { try texts(key) } ?? []
        return try join(parts).map { try Self.value($0, of: key) }
    }

    /// Turns what is wrong with a setting into misuse.
    static func asMisuse<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private static func value<Value: ExpressibleByArgument>(_ text: String, of key: String) throws -> Value {
        guard let value = Value(argument: text) else {
            throw ValidationError("The setting '\(key)' cannot be '\(text)'.")
        }
        return value
    }
}
