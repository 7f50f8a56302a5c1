// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Telemetry

/// What all answers took together; what was not measured is null.
struct Usage: ResponseEncodable, Encodable {
    let calls: Int
    let tokens: Int?
    let medianMillisecondsToFirstToken: Double?
    let joules: Double?
    let dollars: Double?

    init(_ all: AggregatedStatistics) {
        calls = all.callCount
        tokens = all.totalTokens
        medianMillisecondsToFirstToken = all.timeToFirstToken.p50.map { $0 / .milliseconds(1) }
        joules = all.totalEnergy?.joules
        dollars = all.totalCostUSD
    }
}
