// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import TelemetryCore

/// Finds what a call costs by its model and tokens; asked only for engines that are not the caller's own.
package typealias PriceSource = @Sendable (CallIdentity, TokenUsage) -> CallPrice

/// What the proxy is given by those who compose it.
package struct ProxyServices: Sendable {
    /// Takes one record per metered call.
    package var sink: any RecordSink
    /// Prices a call to a hosted model.
    package var price: PriceSource = { _, _ in CallPrice() }
    /// Shares out this machine's energy; absent where none is metered.
    package var energy: (any CallEnergyMeter)?
    /// Is told of each call's send, first token, end and record; a record's energy may be pending then.
    package var bus = EventBus()
    /// Counts the records that could not be kept.
    package var recordFailures: @Sendable () -> Int = { 0 }
    /// Is told of each record after the sink has it.
    package var onCallFinished: @Sendable (TelemetryRecord) -> Void = { _ in }
    /// The clocks.
    package var clock: TelemetryClock = .system
    /// Where failures are told, once per cause.
    package var logger: Logger

    /// Creates services that know no price and tell nobody but the sink.
    package init(sink: any RecordSink, logger: Logger) {
        self.sink = sink
        self.logger = logger
    }
}
