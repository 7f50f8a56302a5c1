// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import InferometerCommands

@Suite struct SettingsTests {
    @Test func theEnvironmentWinsOverTheFile() async throws {
        try await withFile(#"{"database":"/file.db","listen":"127.0.0.1:1","grace":2.5,"simulate":true}"#) { file in
            let settings = try await Settings(environment: ["INFEROMETER_DATABASE": "/env.db"], file: file)
            #expect(try settings.text("database") == "/env.db")
            #expect(try settings.text("listen") == "127.0.0.1:1")
            #expect(try settings.text("grace") == "2.5")
            #expect(try settings.flag("simulate") == true)
            #expect(try settings.text("prices") == nil)
        }
    }

    @Test func listsMayBeOneText() async throws {
        try await withFile(#"{"upstream":["a=http://h:1","b=http://h:2"],"allow-host":"gpu1"}"#) { file in
            let settings = try await Settings(environment: [:], file: file)
            #expect(try settings.texts("upstream") == ["a=http://h:1", "b=http://h:2"])
            #expect(try settings.texts("allow-host") == ["gpu1"])
        }
        let environment = [
            "INFEROMETER_ALLOW_HOST": "a,b", "INFEROMETER_OBSERVE_ONLY": "true", "INFEROMETER_LISTEN": "8080",
        ]
        let settings = try await Settings(environment: environment, file: nil)
        #expect(try settings.texts("allow-host") == ["a", "b"])
        #expect(try settings.flag("observe-only") == true)
        #expect(try settings.text("listen") == "8080")
    }

    @Test func anEmptyVariableIsNone() async throws {
        let settings = try await Settings(environment: ["INFEROMETER_DATABASE": ""], file: nil)
        #expect(try settings.text("database") == nil)
    }

    @Test(arguments: [#"{"databse":"x"}"#, "[]", "{", ""])
    func aFileThatCannotBeRightIsRefused(_ text: String) async throws {
        try await withFile(text) { file in
            await #expect(throws: SettingsError.self) { try await Settings(environment: [:], file: file) }
        }
    }

    @Test func aValueOfTheWrongTypeIsRefused() async throws {
        try await withFile(#"{"database":["x"],"simulate":"perhaps"}"#) { file in
            let settings = try await Settings(environment: [:], file: file)
            #expect(throws: SettingsError.self) { try settings.text("database") }
            #expect(throws: SettingsError.self) { try settings.flag("simulate") }
        }
    }

    @Test func aMissingFileIsSaid() async {
        await #expect(throws: SettingsError.self) { try await Settings(environment: [:], file: "/nowhere/at/all.json") }
    }

    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }
}
