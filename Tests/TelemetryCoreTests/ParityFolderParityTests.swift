// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParitySupport
import Testing

/// The folder of cases as a whole: every file is some suite's.
@Suite struct ParityFolderParityTests {
    @Test func everyFileIsClaimedByASuite() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: ParityFolder.current.url.path)
        let cases = names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
        #expect(!cases.isEmpty)
        #expect(cases.filter { ParityClaims.suites[$0] == nil } == [], "no suite runs these")
        let rest = names.filter { !$0.hasSuffix(".json") && !ParityClaims.others.contains($0) }
        #expect(rest == [], "nothing reads these")
    }

    @Test func everyCaseDecodes() throws {
        for file in try ParityFolder.current.fileNames() {
            #expect(throws: Never.self, "\(file)") { try ParityFolder.current.cases(in: file) }
        }
    }
}
