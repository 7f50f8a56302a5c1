// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What was found of IOReport and its channels, and what is to be said about each.
struct AppleDiscovery {
    private(set) var chip: String?
    private(set) var functions: IOReportFunctions?
    private(set) var channels: [AppleChannel] = []
    private(set) var session: IOReportSession?
    private(set) var statuses: [SensorStatus] = []

    init(libraryNames: [String]) {
        do throws(DynamicLibraryError) {
            let own = try DynamicLibrary(firstOf: libraryNames)
            let libraries = [own] + Self.companions.compactMap { try? DynamicLibrary(firstOf: [$0]) }
            chip = IOReportFunctions.processorBrand(libraries).map { Self.chip(brand: $0) }
            find(libraries)
        } catch {
            statuses = [missing("IOReport was not found, which only Apple's systems have: \(error)")]
        }
    }

    /// Where the functions are that IOReport's own library does not lead to.
    private static let companions = [
        "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation", "/usr/lib/libSystem.B.dylib",
    ]

    /// The chip's name without its maker's.
    static func chip(brand: String) -> String {
        brand.hasPrefix("Apple ") ? String(brand.dropFirst("Apple ".count)) : brand
    }

    private mutating func find(_ libraries: [DynamicLibrary]) {
        let functions: IOReportFunctions
        do throws(MissingSymbol) {
            functions = try IOReportFunctions(libraries)
        } catch {
            statuses = [missing("IOReport lacks \(error.name)")]
            return
        }
        let chosen = AppleChannel.chosen(of: IOReportSession.offered(functions) ?? [])
        let usable = chosen.filter { $0.format != nil }
        if usable.isEmpty {
            statuses = [missing("IOReport offers no energy channel: no sensor, and an estimate was not asked for")]
        } else if let session = IOReportSession(functions, names: Set(usable.map(\.name))) {
            self.functions = functions
            self.session = session
            channels = usable
            statuses = usable.map { status(of: $0) }
        } else {
            statuses = [missing("IOReport refuses the subscription: no sensor, and an estimate was not asked for")]
        }
        statuses += chosen.filter { $0.format == nil }.map { unusable($0) }
    }

    func sensor(for channel: AppleChannel) -> EnergySensor {
        EnergySensor(
            channel: channel.channel,
            name: channel.name,
            deviceName: chip ?? "Apple",
            method: .hardwareCounter,
            format: channel.format,
            publicationPeriod: channel.isBatched ? .milliseconds(2_300) : .milliseconds(100)
        )
    }

    private func status(of channel: AppleChannel) -> SensorStatus {
        var status = SensorStatus(vendor: .apple, name: channel.name, works: true)
        status.deviceName = chip
        status.device = channel.channel.device.identifier
        status.domain = channel.rail.domain
        status.method = .hardwareCounter
        if channel.isBatched {
            status.reason =
                "published in batches about every 2 s: shorter windows lie between two batches, bounds say so"
        } else if !channel.rail.domain.isAdditive {
            status.reason = "shown and not in the total"
        }
        return status
    }

    private func unusable(_ channel: AppleChannel) -> SensorStatus {
        var status = SensorStatus(vendor: .apple, name: channel.name, works: false)
        status.deviceName = chip
        status.domain = channel.rail.domain
        status.reason = "its unit is \"\(channel.unit)\", which is none of energy, so it is left out"
        return status
    }

    private func missing(_ reason: String) -> SensorStatus {
        var status = SensorStatus(vendor: .apple, name: "IOReport", works: false)
        status.deviceName = chip
        status.reason = reason
        return status
    }
}
