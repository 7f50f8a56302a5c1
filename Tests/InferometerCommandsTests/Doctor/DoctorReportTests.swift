// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InferenceEngines
import TelemetryCore
import TelemetryTesting
import Testing

@testable import InferometerCommands

@Suite struct DoctorReportTests {
    private static func status(
        _ name: String,
        works: Bool = true,
        _ change: (inout SensorStatus) -> Void = { _ in }
    ) -> SensorStatus {
        var status = SensorStatus(vendor: .nvidia, name: name, works: works)
        change(&status)
        return status
    }

    private static let working = status("NVML") {
        $0.deviceName = "NVIDIA H100"
        $0.device = "GPU-1"
        $0.domain = .card
        $0.method = .hardwareCounter
    }
    private static let denied = status("intel-rapl:0", works: false) {
        $0.vendor = .cpuRAPL
        $0.domain = .package
        $0.reason = "may not be read"
        $0.remedy = "sudo chmod a+r \u{1B}[2Jfile"
    }

    @Test func scriptsGetEachSensorKeyByKey() throws {
        let sensors = try object(report(sensors: [Self.working, Self.denied]))["sensors"] as? [[String: Any]]
        let keys: Set = [
            "vendor", "name", "device_name", "device", "domain", "method", "works", "reason", "remedy",
        ]
        for sensor in try #require(sensors) { #expect(Set(sensor.keys) == keys) }
        #expect(sensors?[0]["works"] as? Bool == true && sensors?[0]["method"] as? String == "hw_counter")
        #expect(sensors?[0]["vendor"] as? String == "nvidia" && sensors?[0]["domain"] as? String == "card")
        #expect(sensors?[0]["reason"] is NSNull && sensors?[0]["remedy"] is NSNull)
        #expect(sensors?[1]["works"] as? Bool == false && sensors?[1]["vendor"] as? String == "cpu_rapl")
        #expect(sensors?[1]["device_name"] is NSNull && sensors?[1]["reason"] as? String == "may not be read")
    }

    @Test func theWholeObject() throws {
        let object = try object(report(sensors: []))
        #expect(Set(object.keys) == ["sensors", "engines", "store", "proxy"])
        #expect((object["sensors"] as? [Any])?.isEmpty == true && object["proxy"] is NSNull)
        let store = try #require(object["store"] as? [String: Any])
        #expect(Set(store.keys) == ["path", "works", "exists", "calls", "file_bytes", "problem", "reason"])
        #expect(store["works"] as? Bool == true && store["calls"] is NSNull)
    }

    @Test func aSentenceSaysWhatWorksAndWhatHelps() {
        let sentences = SensorReport(statuses: [Self.working, Self.denied]).sentences
        #expect(sentences[0] == "nvidia NVML NVIDIA H100 [GPU-1]: works (card, hw_counter)")
        #expect(sentences[1].hasPrefix("cpu_rapl intel-rapl:0: does not work; may not be read. Remedy: sudo chmod"))
        #expect(SensorReport(statuses: []).sentences == ["The drivers did not answer within five seconds."])
        let limited = Self.status("x") { $0.reason = "whole watts alone" }
        #expect(SensorReport(statuses: [limited]).sentences == ["nvidia x: works (); whole watts alone"])
        let mute = Self.status("y", works: false)
        #expect(SensorReport(statuses: [mute]).sentences == ["nvidia y: does not work; unknown."])
    }

    @Test(arguments: [20, 40, 60, 80, 200])
    func thePageFitsAndIsHarmless(_ width: Int) throws {
        let page = Page()
        try report(sensors: [Self.working, Self.denied]).print(to: page.output(width: width))
        #expect(!page.text.contains("\u{1B}"))
        // A word that is longer than the terminal stands alone.
        #expect(page.lines.allSatisfy { DisplayText.width(of: $0) <= max(width, 30) }, "\(page.text)")
        let heads = page.lines.filter { ["Engines", "Store", "Proxy", "Energy sensors"].contains($0) }
        #expect(heads == ["Engines", "Store", "Proxy", "Energy sensors"])
    }

    @Test func withoutATerminalNoLineIsEndless() throws {
        let page = Page()
        let long = Self.status("z", works: false) {
            $0.reason = Array(repeating: "a driver's own words", count: 40).joined(separator: " ")
        }
        try report(sensors: [long]).print(to: page.output())
        let sensors = page.lines.drop { $0 != "Energy sensors" }
        #expect(sensors.allSatisfy { $0.count <= 100 } && sensors.count > 8)
    }

    @Test func whatAProxyLostIsSaidLoudly() throws {
        var report = report(sensors: [])
        report.proxy = ProxyReport(
            url: "http://127.0.0.1:4242",
            counters: ProxyReport.Counters(calls: 12, callsInFlight: 1, failures: 0, recordFailures: 3)
        )
        let page = Page()
        try report.print(to: page.output(colour: true))
        #expect(page.text.contains("http://127.0.0.1:4242 has passed on 12 calls, 1 in flight; 3 RECORDS WERE LOST"))
        let warning = try #require(page.lines.first { $0.contains("RECORDS WERE LOST") })
        #expect(warning.hasPrefix("\u{1B}[33m") && warning.hasSuffix("\u{1B}[0m"))
        let proxy = try #require(try object(report)["proxy"] as? [String: Any])
        #expect(proxy["record_failures"] as? Int == 3 && proxy["energy"] is NSNull)
        #expect(Set(proxy.keys) == ["url", "calls", "calls_in_flight", "failures", "record_failures", "energy"])
    }

    private func report(sensors: [SensorStatus]) -> DoctorReport {
        DoctorReport(
            sensors: SensorReport(statuses: sensors),
            engines: [],
            store: StoreReport(path: "/x.db", exists: false),
            proxy: nil
        )
    }

    private func object(_ report: DoctorReport) throws -> [String: Any] {
        let page = Page()
        try page.output().json(report.json)
        return try #require(try JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [String: Any])
    }
}

@Suite struct StoreReportTests {
    @Test func whatIsThereIsCounted() async throws {
        let world = try CommandWorld()
        let none = await StoreReport.of(world.database)
        #expect(!none.exists && none.problem == nil && none.fileBytes == nil)
        #expect(none.sentence == "\(world.database) is not there yet; the first recorded call makes it.")
        try await world.fill([ExampleRecords.full(1)])
        let one = await StoreReport.of(world.database)
        #expect(one.exists && one.calls == 1 && one.problem == nil && (one.fileBytes ?? 0) > 4_096)
        #expect(one.sentence.hasPrefix("\(world.database) holds 1 call in "))
    }

    @Test func whatIsNotOursHasAWordAndASentence() async throws {
        let world = try CommandWorld()
        let path = try world.file("notes.txt", String(repeating: "notes\n", count: 500))
        let report = await StoreReport.of(path)
        #expect(report.exists && report.calls == nil && report.problem == "corrupt")
        #expect(report.sentence.contains("no SQLite database"))
        #expect(report.fileBytes == 3_000)
    }

    @Test func aDamagedPageIsFound() async throws {
        let world = try CommandWorld()
        try await world.fill((0..<400).map(ExampleRecords.full))
        let file = try #require(FileHandle(forUpdatingAtPath: world.database))
        let size = try file.seekToEnd()
        for offset in stride(from: UInt64(8_192), to: size, by: 4_096) {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 300))
        }
        try file.close()
        let report = await StoreReport.of(world.database)
        #expect(report.problem == "corrupt" && report.reason?.contains(world.database) == true)
    }
}

@Suite struct DoctorCommandTests {
    @Test func aMachineWithAPowerCounterIsShown() async throws {
        var world = try CommandWorld()
        let tree = try SysfsTree()
        try tree.setPowercapZone("intel-rapl:0", name: "package-0", microjoules: 5_000_000)
        world.environment["INFEROMETER_SYSFS_ROOT"] = tree.root
        world.environment["INFEROMETER_LISTEN"] = "127.0.0.1:1"
        let object = try await world.run("doctor", "--json").object()
        let sensors = try #require(object["sensors"] as? [[String: Any]])
        let zone = try #require(sensors.first { $0["vendor"] as? String == "cpu_rapl" && $0["works"] as? Bool == true })
        #expect(zone["domain"] as? String == "package" && zone["method"] as? String == "rapl")
        let broken = sensors.filter { $0["works"] as? Bool == false }
        #expect(!broken.isEmpty && broken.allSatisfy { $0["reason"] is String })
        #expect(object["proxy"] is NSNull)
        #expect(!world.exists(world.database))
    }

    @Test(arguments: ["nowhere", "127.0.0.1:70000"])
    func anAddressThatServeWouldRefuseIsMisuse(_ listen: String) async throws {
        var world = try CommandWorld()
        world.environment["INFEROMETER_LISTEN"] = listen
        let outcome = await world.run("doctor", "--json")
        #expect(outcome.code == 64 && outcome.message.contains("'listen' cannot be '\(listen)'"))
    }

    @Test func anAddressOfTheWrongTypeIsMisuse() async throws {
        let world = try CommandWorld()
        let config = try world.file("config.json", #"{"listen": true}"#)
        let outcome = await world.run("doctor", "--config", config)
        #expect(outcome.code == 64 && outcome.message.contains("'listen' must be a text"))
    }
}
