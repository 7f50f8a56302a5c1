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
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"),
    .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

let package = Package(
    name: "inferometer",
    platforms: platforms,
    products: [
        .library(name: "TelemetryCore", targets: ["TelemetryCore", "TelemetryCatalog"]),
        .library(name: "TelemetryRecording", targets: ["TelemetryCore", "InferenceWire", "TelemetryRecording"]),
        .library(name: "TelemetryPersistence", targets: ["TelemetryStorage", "TelemetryExport"]),
        .library(name: "TelemetryTesting", targets: ["TelemetryTesting"]),
        .executable(name: "inferometer", targets: ["inferometer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // Layer 0: values.
        .target(name: "TelemetryCore"),
        .target(name: "TelemetryCatalog", dependencies: [core]),
        .target(name: "InferenceWire", dependencies: [core]),

        // Layer 1: edges.
        .target(name: "TelemetryRecording", dependencies: [core, wire]),
        .target(name: "InferenceEngines", dependencies: [core, wire, asyncHTTPClient] + nio),
        .target(name: "TelemetryStorage", dependencies: [core, logging] + grdb),
        .target(name: "TelemetryExport", dependencies: [core]),

        // Layer 2: features.
        .target(
            name: "TelemetryProxy",
            dependencies: [core, wire, logging, nioSSL, .product(name: "NIOTLS", package: "swift-nio")] + nio
        ),

        // Layer 3: composition, the only reader of the environment.
        .target(
            name: "InferometerCommands",
            dependencies: [
                core, catalog, logging, argumentParser, asyncHTTPClient,
                "InferenceEngines", "TelemetryStorage", "TelemetryExport", "TelemetryProxy",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
            ] + nio
        ),

        // Layer 4: the executable.
        .executableTarget(name: "inferometer", dependencies: ["InferometerCommands"]),

        // Test kit: fakes, fixtures, clocks.
        .target(name: "TelemetryTesting", dependencies: [core]),

        // Tests mirror the sources.
        .target(name: "ParitySupport", path: "Tests/ParitySupport"),
        .testTarget(name: "TelemetryCoreTests", dependencies: [core, "TelemetryTesting", "ParitySupport"]),
        .testTarget(name: "TelemetryCatalogTests", dependencies: [core, catalog, "ParitySupport"]),
        .testTarget(
            name: "InferenceWireTests",
            dependencies: [core, wire, "TelemetryTesting"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TelemetryRecordingTests",
            dependencies: [core, wire, "TelemetryRecording", "TelemetryTesting"]
        ),
        .testTarget(
            name: "InferenceEnginesTests",
            dependencies: [core, wire, "InferenceEngines", "TelemetryTesting", "ParitySupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TelemetryStorageTests",
            dependencies: [core, logging, "TelemetryStorage", "TelemetryTesting", "ParitySupport"] + grdb
        ),
        .testTarget(name: "TelemetryExportTests", dependencies: [core, "TelemetryExport"]),
        .testTarget(
            name: "TelemetryProxyTests",
            dependencies: [core, wire, logging, nioSSL, "TelemetryProxy", "TelemetryTesting"] + nio
        ),
        .testTarget(
            name: "InferometerCommandsTests",
            dependencies: [
                core, catalog, logging, argumentParser,
                "InferometerCommands", "InferenceEngines", "TelemetryExport", "TelemetryProxy",
            ]
        ),
        .testTarget(name: "InferometerTests", dependencies: ["inferometer"]),
    ],
    swiftLanguageModes: [.v6]
)

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
