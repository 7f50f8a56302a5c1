// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryStorage

@Suite struct StoreConformanceTests {
    @Test func theStoreIsASinkAsThirdPartiesAreHeldTo() async throws {
        let directory = try TemporaryDirectory()
        let store = try TelemetryStore.manual(directory.path())
        let found = await RecordSinkConformance.check(store) {
            try await store.flush()
            return try await store.recentRecords(limit: 1_000)
        }
        #expect(found == [])
        try await store.close()
    }
}
