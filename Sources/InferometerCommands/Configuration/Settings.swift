// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Configuration
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the environment and the file of `--config` say; the environment wins.
///
/// A key is an option's name: `allow-host` in the file, `INFEROMETER_ALLOW_HOST` in the environment.
struct Settings: Sendable {
    private let sources: [Source]

    /// Every key that may stand in the file.
    static let keys: Set<String> = [
        "allow-host", "carbon", "database", "devices", "durability", "electricity", "estimate", "grace", "idle",
        "listen", "log-level", "no-energy", "observe-only", "prices", "simulate", "slots", "upstream",
    ]

    /// The keys that are true or false.
    private static let flags: Set<String> = ["estimate", "no-energy", "observe-only", "simulate"]

    /// Reads the environment, and the file if there is one.
    ///
    /// - Throws: ``SettingsError`` if the file cannot be read, is no JSON object, or has a key that we do not know.
    init(environment: [String: String], file: String?) async throws {
        let variables = EnvironmentVariablesProvider(environmentVariables: environment.filter { !$0.value.isEmpty })
        var sources = [Source(name: "the environment", provider: variables.prefixKeys(with: "inferometer"))]
        if let file {
            try Self.checkKeys(of: file)
            let provider = try await FileProvider<JSONSnapshot>(filePath: FilePath(file))
            sources.append(Source(name: file, provider: provider))
        }
        self.sources = sources
    }

    /// A text or number, as text.
    func text(_ key: String) throws -> String? {
        try first(key, "a text") { content in
            switch content {
            case .string(let text): text
            case .int(let number): String(number)
            case .double(let number): String(number)
            default: nil
            }
        }
    }

    /// A truth value.
    func flag(_ key: String) throws -> Bool? {
        try first(key, "true or false") { content in
            if case .bool(let flag) = content { flag } else { nil }
        }
    }

    /// A list of texts, or one text.
    func texts(_ key: String) throws -> [String]? {
        try first(key, "a text or a list of texts") { content in
            switch content {
            case .string(let text): [text]
            case .stringArray(let texts): texts
            default: nil
            }
        }
    }

    private func first<Value>(_ key: String, _ wanted: String, _ read: (ConfigContent) -> Value?) throws -> Value? {
        for source in sources {
            var isThere = false
            for type in [ConfigType.bool, .stringArray, .string, .int, .double] {
                switch source.content(key, type) {
                case .absent: continue
                case .mismatch: isThere = true
                case .found(let content):
                    if let value = read(content) { return value }
                    isThere = true
                }
            }
            if isThere { throw SettingsError(description: "In \(source.name), '\(key)' must be \(wanted).") }
        }
        return nil
    }

    private static func checkKeys(of file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SettingsError(description: "The configuration file \(file) cannot be read.")
        }
        guard let object = try? JSONDecoder().decode([String: Shape].self, from: data) else {
            throw SettingsError(description: "The configuration file \(file) is no JSON object.")
        }
        let unknown = object.keys.filter { !keys.contains($0) }.sorted()
        guard unknown.isEmpty else {
            let known = keys.sorted().joined(separator: ", ")
            throw SettingsError(description: "\(file) has the unknown key '\(unknown[0])'; known are \(known).")
        }
        // What is looked up by its key alone would be passed over in silence.
        if let key = object.filter({ !$0.value.canBeSetting }).keys.min() {
            throw SettingsError(description: "In \(file), '\(key)' can be neither null nor an object.")
        }
        if let key = object.filter({ !flags.contains($0.key) && $0.value.isFlag }).keys.min() {
            throw SettingsError(description: "In \(file), '\(key)' must be a text.")
        }
        if let key = object.filter({ flags.contains($0.key) && $0.value.isNumber }).keys.min() {
            throw SettingsError(description: "In \(file), '\(key)' must be true or false.")
        }
    }
}

/// What is wrong with the settings, and where.
struct SettingsError: Error, Hashable, CustomStringConvertible {
    let description: String
}

/// One place that settings come from.
private struct Source: Sendable {
    enum Lookup {
        case absent
        case mismatch
        case found(ConfigContent)
    }

    let name: String
    let provider: any ConfigProvider

    func content(_ key: String, _ type: ConfigType) -> Lookup {
        do {
            let value = try provider.value(forKey: AbsoluteConfigKey([key]), type: type).value
            return value.map { .found($0.content) } ?? .absent
        } catch {
            return .mismatch
        }
    }
}

/// Any JSON value, of which only the kind is read.
private struct Shape: Decodable {
    /// Whether it is a text, a number, a truth value or a list.
    let canBeSetting: Bool
    /// Whether it is true or false, which the reader of numbers would take for 1 or 0.
    let isFlag: Bool
    let isNumber: Bool

    private enum NoKey: CodingKey {}

    init(from decoder: any Decoder) throws {
        let isNull = try decoder.singleValueContainer().decodeNil()
        canBeSetting = !isNull && (try? decoder.container(keyedBy: NoKey.self)) == nil
        isFlag = (try? decoder.singleValueContainer().decode(Bool.self)) != nil
        isNumber = (try? decoder.singleValueContainer().decode(Double.self)) != nil
    }
}
