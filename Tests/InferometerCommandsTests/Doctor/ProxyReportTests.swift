// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import InferometerCommands

@Suite struct ProxyReportTests {
    private let text = """
        {"status":"ok","calls":3,"calls_in_flight":1,"failures":0,"record_failures":0,"upstreams":1,
         "energy":{"metering":true,"reason":null,"sensors":[
          {"device":"GPU-a","domain":"card","works":false,"reason":"gone","failures":{"lost":1200,"permission_denied":1},
           "gaps":{"reset":1}},
          {"device":"package-0","domain":"package","works":true,"reason":null,"failures":{},"gaps":{}}]}}
        """

    @Test func troubleIsSaidByCause() throws {
        let counters = try decode(text)
        #expect(
            counters.energy?.sentences == [
                "GPU-a card: 1,200 failed readings (lost), 1 failed reading (permission denied), 1 gap (reset); does not work: gone."
            ]
        )
        let report = ProxyReport(url: "http://127.0.0.1:4242", counters: counters)
        guard case .object(let members) = report.json, let energy = members.last else {
            Issue.record("no object")
            return
        }
        #expect(energy.key == "energy" && energy.value != .null)
    }

    @Test func aMeterThatMetersNothingSaysWhy() throws {
        let text =
            #"{"calls":0,"calls_in_flight":0,"failures":0,"record_failures":0,"energy":{"metering":false,"reason":"no sensor","sensors":[]}}"#
        #expect(try decode(text).energy?.sentences == ["It meters no energy: no sensor."])
    }

    @Test func aDoubtIsSaid() throws {
        let doubted = text.replacing(
            #""domain":"package","works":true"#,
            with: #""domain":"package","doubt":"odd","works":true"#
        )
        #expect(try decode(doubted).energy?.sentences.last == "package-0 package: DOUBTFUL: odd; works now.")
    }

    /// Of an older release, or with `--no-energy`.
    @Test(arguments: ["", #","energy":null"#])
    func withoutAMeterNothingIsSaid(_ more: String) throws {
        let text = #"{"calls":0,"calls_in_flight":0,"failures":0,"record_failures":0\#(more)}"#
        #expect(try decode(text).energy == nil)
    }

    private func decode(_ text: String) throws -> ProxyReport.Counters {
        try JSONDecoder().decode(ProxyReport.Counters.self, from: Data(text.utf8))
    }
}
