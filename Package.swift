// swift-tools-version: 6.1
// Inferometer: the power meter for LLM inference.

import PackageDescription

// One constant per platform floor: `Synchronization.Mutex` needs macOS 15.
let platforms: [SupportedPlatform] = [.macOS(.v15)]

// CI_STRICT=1 turns warnings into errors; consumers are never broken by a newer compiler's warning.
let strict = Context.environment["CI_STRICT"] == "1"

let core: Target.Dependency = "TelemetryCore"
let catalog: Target.Dependency = "TelemetryCatalog"
let wire: Target.Dependency = "InferenceWire"
let kit: Target.Dependency = "TelemetryTesting"
let parity: Target.Dependency = "ParitySupport"
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
// What a server already shows its spans and metrics with, and starts and stops its parts by.
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOTLS"].map {
    .product(name: $0, package: "swift-nio")
}
let sqlite: [Target.Dependency] = ["GRDB", "GRDBSQLite"].map { .product(name: $0, package: "GRDB.swift") }

let package = Package(
    name: "inferometer",
    platforms: platforms,
    products: [
        .library(name: "TelemetryCore", targets: ["TelemetryCore", "TelemetryCatalog"]),
        .library(name: "TelemetryRecording", targets: ["TelemetryCore", "TelemetryRecording"]),
        .library(name: "Telemetry", targets: ["Telemetry"]),
        .library(name: "TelemetryPersistence", targets: ["TelemetryStorage", "TelemetryExport"]),
        .library(name: "TelemetryTesting", targets: ["TelemetryTesting"]),
        .executable(name: "inferometer", targets: ["inferometer"]),
        // Stand-ins for vendors' libraries: built beside the tests, opened by them, linked by nothing.
        .library(name: "FakeNVML", type: .dynamic, targets: ["CFakeNVML"]),
        .library(name: "FakeIOReport", type: .dynamic, targets: ["CFakeIOReport"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Layer 0: values.
        .target(name: "TelemetryCore"),
        .target(name: "TelemetryCatalog", dependencies: [core]),
        .target(name: "InferenceWire", dependencies: [core]),
        .target(name: "CVendorShims"),
        .target(name: "CTelemetryShims"),

        // Layer 1: edges.
        .target(name: "EnergyMonitors", dependencies: [core, "CVendorShims"]),
        .target(
            name: "TelemetryRecording",
            dependencies: [core, wire, logging, tracing, metrics, lifecycle, "CTelemetryShims"]
        ),
        .target(name: "InferenceEngines", dependencies: [core, catalog, wire, logging, httpClient] + nio),
        .target(name: "TelemetryStorage", dependencies: [core, logging] + sqlite),
        .target(name: "TelemetryExport", dependencies: [core]),

        // The umbrella of the product of the same name.
        .target(
            name: "Telemetry",
            dependencies: [core, catalog, "EnergyMonitors", "TelemetryRecording", "InferenceEngines"]
        ),

        // Layer 2: features.
        .target(name: "TelemetryProxy", dependencies: [core, catalog, wire, logging, nioSSL] + nio),

        // Layer 3: composition, the only reader of the environment.
        .target(
            name: "InferometerCommands",
            dependencies: [
                core, catalog, wire, logging, httpClient,
                "EnergyMonitors", "TelemetryRecording", "InferenceEngines", "TelemetryStorage", "TelemetryExport",
                "TelemetryProxy",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
            ] + nio
        ),

        // Layer 4: the executable.
        .executableTarget(name: "inferometer", dependencies: ["InferometerCommands"]),

        // Test kit: fakes, fixtures, clocks.
        .target(name: "TelemetryTesting", dependencies: [core]),
        .target(name: "CFakeScript"),
        .target(name: "CFakeNVML", dependencies: ["CFakeScript"]),
        .target(name: "CFakeIOReport", dependencies: ["CFakeScript"]),

        // Tests mirror the sources.
        .target(name: "ParitySupport", path: "Tests/ParitySupport"),
        .testTarget(name: "TelemetryCoreTests", dependencies: [core, kit, parity]),
        .testTarget(name: "TelemetryTestingTests", dependencies: [core, kit]),
        .testTarget(name: "TelemetryCatalogTests", dependencies: [core, catalog, parity]),
        .testTarget(name: "InferenceWireTests", dependencies: [core, wire, kit, parity], exclude: ["Fixtures"]),
        .testTarget(name: "EnergyMonitorsTests", dependencies: [core, "EnergyMonitors", kit, parity]),
        .testTarget(
            name: "TelemetryRecordingTests",
            dependencies: [
                core, logging, tracing, metrics, lifecycle, "TelemetryRecording", kit, parity,
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "InferenceEnginesTests",
            dependencies: [core, wire, "InferenceEngines", "TelemetryRecording", kit, parity],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TelemetryStorageTests",
            dependencies: [core, logging, "TelemetryStorage", kit, parity] + sqlite
        ),
        .testTarget(name: "TelemetryExportTests", dependencies: [core, "TelemetryExport"]),
        .testTarget(
            name: "TelemetryProxyTests",
            dependencies: [core, wire, logging, "TelemetryProxy", kit, nioSSL] + nio
        ),
        .testTarget(
            name: "InferometerCommandsTests",
            dependencies: [
                core, catalog, logging, kit,
                "InferometerCommands", "InferenceEngines", "TelemetryExport", "TelemetryProxy", "TelemetryRecording",
                "TelemetryStorage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .testTarget(name: "InferometerTests", dependencies: ["inferometer", kit]),
    ],
    swiftLanguageModes: [.v6]
)

// The benchmarks are built on demand only (`make bench`).
if Context.environment["INFEROMETER_BENCHMARKS"] == "1" {
    let benchmarks: [String: [Target.Dependency]] = [
        "StoreBenchmark": [core, "TelemetryStorage"],
        "EnergyBenchmark": [core, "EnergyMonitors", "TelemetryRecording", kit, logging],
        "LibraryBenchmark": [core, "InferenceEngines", "TelemetryRecording", "TelemetryStorage"],
    ]
    for (name, dependencies) in benchmarks.sorted(by: { $0.key < $1.key }) {
        package.products.append(.executable(name: name, targets: [name]))
        package.targets.append(.executableTarget(name: name, dependencies: dependencies, path: "Benchmarks/\(name)"))
    }
}

// One loop, so that a new target cannot forget a setting.
for target in package.targets where [.regular, .test, .executable].contains(target.type) {
    var settings = target.swiftSettings ?? []
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    settings.append(.enableUpcomingFeature("ExistentialAny"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    settings.append(.enableUpcomingFeature("InternalImportsByDefault"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    settings.append(.enableUpcomingFeature("MemberImportVisibility"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    settings.append(.enableUpcomingFeature("NonisolatedNonsendingByDefault"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0470-isolated-conformances.md
    settings.append(.enableUpcomingFeature("InferIsolatedConformances"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0481-weak-let.md
    settings.append(.enableUpcomingFeature("ImmutableWeakCaptures"))
    if strict {
        settings.append(.unsafeFlags(["-warnings-as-errors"]))
    }
    target.swiftSettings = settings
}
