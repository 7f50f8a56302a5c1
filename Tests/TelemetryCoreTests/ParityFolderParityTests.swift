// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParitySupport
import Testing

/// The folder of cases as a whole: every file is some suite's.
@Suite struct ParityFolderParityTests {
    @Test func everyFileIsClaimedByASuite() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: ParityFolder.current.url.path).sorted()
        let claimed = Set(ParityClaims.suites.keys.map { $0 + ".json" }).union(ParityClaims.others)
        #expect(names.contains { $0.hasSuffix(".json") })
        for name in names where !claimed.contains(name) { Issue.record("no suite runs \(name)") }
    }

    @Test func everyCaseDecodes() throws {
        for file in try ParityFolder.current.fileNames() {
            do {
                _ = try ParityFolder.current.cases(in: file)
            } catch {
                Issue.record("\(file)/\(error)")
            }
        }
    }
}
