// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Records that encoders must cope with.
enum RecordSamples {
    static var plain: TelemetryRecord {
        var record = TelemetryRecord(
            id: RecordID(high: 0x0197_A3B2_11C4_7ABC, low: 0x8000_0000_0000_0001),
            timestamp: WallTime(microsecondsSinceEpoch: 1_748_000_017_609_168)
        )
        record.identity.model = "tiny"
        record.identity.engine = .llamaCpp
        record.identity.isStreaming = true
        record.result.outcome = .completed
        record.result.httpStatus = 200
        record.tokens.prompt = 12
        record.tokens.completion = 200
        record.timing.latency = .milliseconds(1_500)
        record.timing.timeToFirstToken = .microseconds(12_345)
        record.price.costUSD = 0
        return record
    }

    /// Every character that a format gives a meaning to, in every place for text.
    static var hostile: TelemetryRecord {
        var record = plain
        let text = "a\"b,c\nd\r\ne\\f\u{0}g\u{1B}[31mh\u{7F}i\u{85}j\u{9B}k😀"
        record.identity.model = text
        record.identity.requestedModel = ""
        record.identity.agent = "=1+1"
        record.identity.session = " leading and trailing "
        record.identity.upstream = "\u{C2A0}"
        record.identity.metadata = CallMetadata([("key \"1\"", text)])
        record.energy.devices = ["GPU;0", "GPU,1", "\"x\""]
        record.device.utilizationPercent = .nan
        record.device.temperatureCelsius = .infinity
        record.price.carbonGrams = 1.2345678901234567e-12
        record.price.electricityCost = 1e22
        return record
    }
}
