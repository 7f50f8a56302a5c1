// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// How the energy meter does, as the proxy's own path tells it.
enum EnergyHealthText {
    /// One JSON object, or `null` where no energy is to be metered.
    static func json(_ health: EnergyMeterHealth?) -> String {
        guard let health else { return "null" }
        var text = #"{"metering":"# + (health.reason == nil ? "true" : "false") + #","reason":"#
        append(health.reason, to: &text)
        text += #","sensors":["#
        for (place, sensor) in health.sensors.enumerated() {
            if place > 0 { text += "," }
            append(sensor, to: &text)
        }
        return text + "]}"
    }

    private static func append(_ health: SensorHealth, to text: inout String) {
        text += #"{"device":"#
        append(health.sensor.channel.device.identifier, to: &text)
        text += #","domain":"#
        append(health.sensor.channel.domain.rawValue, to: &text)
        text += #","works":"# + (health.failure == nil ? "true" : "false") + #","reason":"#
        append(health.failure?.reason, to: &text)
        text += #","doubt":"#
        append(health.doubt, to: &text)
        text += #","failures":"#
        append(health.failures.map { ($0.key.rawValue, $0.value) }, to: &text)
        text += #","gaps":"#
        append(health.gaps.map { ($0.key, $0.value) }, to: &text)
        text += "}"
    }

    private static func append(_ word: String?, to text: inout String) {
        guard let word else {
            text += "null"
            return
        }
        JSONText.appendString(word, to: &text)
    }

    private static func append(_ counts: [(cause: String, count: Int)], to text: inout String) {
        text += "{"
        for (place, entry) in counts.sorted(by: { $0.cause < $1.cause }).enumerated() {
            if place > 0 { text += "," }
            JSONText.appendString(entry.cause, to: &text)
            text += ":\(entry.count)"
        }
        text += "}"
    }
}
