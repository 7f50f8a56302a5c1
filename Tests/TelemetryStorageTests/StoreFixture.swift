// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import TelemetryCore

@testable import TelemetryStorage

/// A directory that goes with the test.
struct TemporaryDirectory: ~Copyable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// The path of a file in it.
    func path(_ name: String = "telemetry.db") -> String {
        url.appendingPathComponent(name).path
    }
}

/// A closed database with records in it, and its aggregator.
final class FilledStore {
    let directory: TemporaryDirectory
    let path: String
    let aggregator: TelemetryAggregator

    init(_ records: [TelemetryRecord]) async throws {
        directory = try TemporaryDirectory()
        path = directory.path()
        aggregator = TelemetryAggregator(path: path)
        let store = try TelemetryStore.manual(path)
        for record in records { store.record(record) }
        try await store.close()
    }
}

extension TelemetryStore {
    /// A store that commits when it is told to, or when many records wait.
    static func manual(
        _ path: String,
        _ change: (inout TelemetryStoreConfiguration) -> Void = { _ in }
    ) throws -> TelemetryStore {
        var configuration = TelemetryStoreConfiguration()
        configuration.commitInterval = .seconds(3_600)
        change(&configuration)
        return try TelemetryStore(path: path, configuration: configuration, logger: .silent)
    }
}

extension Logger {
    /// Tells nobody.
    static var silent: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }
}

extension TelemetryRecord {
    /// A record of a call at a second, with what a test wants of it.
    static func call(
        at seconds: Double = 1_000,
        model: String? = "m",
        engine: EngineKind? = .vllm,
        _ change: (inout TelemetryRecord) -> Void = { _ in }
    ) -> TelemetryRecord {
        let time = WallTime(microsecondsSinceEpoch: Int64(seconds * 1e6))
        var record = TelemetryRecord(id: RecordID(at: time), timestamp: time)
        record.identity.model = model
        record.identity.engine = engine
        record.methodologyVersion = TelemetryRecord.currentMethodologyVersion
        change(&record)
        return record
    }

    /// The same record as it is while its energy is still to come.
    var awaitingEnergy: TelemetryRecord {
        var record = self
        record.energy = .pending
        return record
    }
}

extension WallTime {
    /// A time by its seconds.
    static func seconds(_ seconds: Double) -> WallTime {
        WallTime(microsecondsSinceEpoch: Int64(seconds * 1e6))
    }
}
