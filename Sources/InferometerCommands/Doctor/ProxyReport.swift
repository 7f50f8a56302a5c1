// Inferometer
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a running `serve` is doing, as it tells itself.
struct ProxyReport: Sendable, Hashable {
    var url: String
    var counters: Counters

    /// What the proxy's own path answers.
    struct Counters: Sendable, Hashable, Decodable {
        var calls: Int
        var callsInFlight: Int
        var failures: Int
        var recordFailures: Int
        /// How its energy meter does; nothing where it meters none, or is of an older release.
        var energy: Meter?

        enum CodingKeys: String, CodingKey {
            case calls
            case callsInFlight = "calls_in_flight"
            case failures
            case recordFailures = "record_failures"
            case energy
        }
    }

    /// What the proxy says of its energy meter.
    struct Meter: Sendable, Hashable, Decodable {
        var metering: Bool
        var reason: String?
        var sensors: [Sensor]

        struct Sensor: Sendable, Hashable, Decodable {
            var device: String
            var domain: String
            var works: Bool
            var reason: String?
            /// Why its figures are doubtful, though it works.
            var doubt: String?
            /// The readings that failed, and the gaps, each by cause.
            var failures: [String: Int]
            var gaps: [String: Int]

            /// What went wrong with it, in one sentence; nothing if nothing did.
            var sentence: String? {
                let causes = Self.parts(failures, of: "failed reading") + Self.parts(gaps, of: "gap")
                guard !causes.isEmpty || doubt != nil else { return nil }
                let now = works ? "works now" : "does not work: \(reason ?? "unknown")"
                let parts = (doubt.map { ["DOUBTFUL: \($0)"] } ?? []) + causes
                return "\(device) \(domain): \(parts.joined(separator: ", ")); \(now)."
            }

            private static func parts(_ counts: [String: Int], of thing: String) -> [String] {
                counts.sorted { $0.key < $1.key }.map { cause, count in
                    "\(HumanUnits.count(count, of: thing)) (\(cause.replacing("_", with: " ")))"
                }
            }
        }

        /// A sentence for each thing that is wrong, or was.
        var sentences: [String] {
            (reason.map { ["It meters no energy: \($0)."] } ?? []) + sensors.compactMap(\.sentence)
        }

        var json: JSONValue {
            .pairs([
                "metering": .bool(metering), "reason": .string(reason),
                "sensors": .array(
                    sensors.map { sensor in
                        .pairs([
                            "device": .string(sensor.device), "domain": .string(sensor.domain),
                            "works": .bool(sensor.works), "reason": .string(sensor.reason),
                            "doubt": .string(sensor.doubt),
                            "failures": Self.counts(sensor.failures), "gaps": Self.counts(sensor.gaps),
                        ])
                    }
                ),
            ])
        }

        private static func counts(_ counts: [String: Int]) -> JSONValue {
            .object(counts.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .integer($0.value)) })
        }
    }

    /// Asks the proxy at an address; nothing if none answers there.
    static func ask(_ address: ListenAddress, client: HTTPClient) async -> ProxyReport? {
        let url = "http://\(address.authority)"
        let request = HTTPClientRequest(url: url + "/_inferometer/health")
        guard let answer = try? await client.execute(request, timeout: .milliseconds(800)),
            let body = try? await answer.body.collect(upTo: 1 << 16),
            let counters = try? JSONDecoder().decode(Counters.self, from: Data(body.readableBytesView))
        else { return nil }
        return ProxyReport(url: url, counters: counters)
    }

    var json: JSONValue {
        .pairs([
            "url": .string(url), "calls": .integer(counters.calls), "calls_in_flight": .integer(counters.callsInFlight),
            "failures": .integer(counters.failures), "record_failures": .integer(counters.recordFailures),
            "energy": counters.energy?.json ?? .null,
        ])
    }
}
