// swift-tools-version: 6.2
// Programs that use Inferometer as anybody would: a package of its own, which sees what is public and no more.

import PackageDescription

let telemetry: Target.Dependency = .product(name: "Telemetry", package: "inferometer")
let core: Target.Dependency = .product(name: "TelemetryCore", package: "inferometer")
let persistence: Target.Dependency = .product(name: "TelemetryPersistence", package: "inferometer")
let testing: Target.Dependency = .product(name: "TelemetryTesting", package: "inferometer")

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "inferometer", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        // One streamed call, measured, in under 25 lines.
        .executableTarget(name: "FirstCall", dependencies: [telemetry]),
        // A chat on the command line with the engine that runs on this machine.
        .executableTarget(name: "Chat", dependencies: [telemetry]),
        // What a token costs in joules when more calls run at once.
        .executableTarget(name: "EnergyStudy", dependencies: [telemetry]),
        // A server that answers by a model, keeps a record of each call, and shows what it used.
        .executableTarget(
            name: "AskServer",
            dependencies: [telemetry, persistence, .product(name: "Hummingbird", package: "hummingbird")]
        ),
        // A model of one's own behind two closures, held to the contract of an engine.
        .executableTarget(name: "AnyEngine", dependencies: [telemetry, testing]),
        // The client for an engine, held to the same contract.
        .executableTarget(name: "EngineCheck", dependencies: [telemetry, testing]),
        // Links the values alone; a test looks that no Foundation comes with them.
        .executableTarget(name: "CoreAlone", dependencies: [core]),
        // Names every symbol that docs/parity.md and the migration article promise.
        .executableTarget(name: "PublicNames", dependencies: [telemetry, persistence]),
    ],
    swiftLanguageModes: [.v6]
)
