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
        .library(name: "TelemetryPersistence", targets: ["TelemetryStorage", "TelemetryExport"]),
        .library(name: "TelemetryTesting", targets: ["TelemetryTesting"]),
        .executable(name: "inferometer", targets: ["inferometer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
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
        .target(
            name: "InferenceEngines",
            dependencies: [
                core, wire, logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .target(
            name: "TelemetryStorage",
            dependencies: [core, logging, .product(name: "GRDB", package: "GRDB.swift")]
        ),
        .target(name: "TelemetryExport", dependencies: [core]),

        // Layer 2: features.
        .target(
            name: "TelemetryProxy",
            dependencies: [
                core, catalog, wire, logging,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
            ] + nio
        ),

        // Layer 3: composition, the only reader of the environment.
        .target(
            name: "InferometerCommands",
            dependencies: [
                core, catalog, wire, logging,
                "InferenceEngines", "TelemetryStorage", "TelemetryExport", "TelemetryProxy",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
            ] + nio
        ),

        // Layer 4: the executable.
        .executableTarget(name: "inferometer", dependencies: ["InferometerCommands"]),

        // Test kit: fakes, fixtures, clocks.
        .target(name: "TelemetryTesting", dependencies: [core]),

        // Tests mirror the sources.
        .testTarget(name: "TelemetryCoreTests", dependencies: [core, "TelemetryTesting"]),
        .testTarget(name: "TelemetryCatalogTests", dependencies: [core, catalog]),
        .testTarget(
            name: "InferenceEnginesTests",
            dependencies: [core, "InferenceEngines"],
            exclude: ["Fixtures"]
        ),
        .testTarget(name: "TelemetryExportTests", dependencies: [core, "TelemetryExport"]),
        .testTarget(name: "TelemetryProxyTests", dependencies: [core, wire, "TelemetryProxy"] + nio),
        .testTarget(
            name: "InferometerCommandsTests",
            dependencies: [
                core, catalog, "InferometerCommands", "InferenceEngines", "TelemetryExport", "TelemetryProxy",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                logging,
            ]
        ),
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
