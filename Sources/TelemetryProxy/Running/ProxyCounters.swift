// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// What the proxy has done since it started.
package struct ProxyCounters: Sendable, Hashable {
    /// Requests of any kind that a connection brought.
    package var requests = 0
    /// Metered calls that have ended, whatever their end; one record each.
    package var calls = 0
    /// Metered calls in flight.
    package var callsInFlight = 0
    /// Metered calls that did not complete, by the kind of error.
    package var failures: [CallErrorKind: Int] = [:]
    /// Requests that were refused before an engine was chosen.
    package var refused = 0
    /// Requests that were sent again because a kept connection had been closed.
    package var resends = 0
    /// Records that the store could not keep, as the composition counts them.
    package var recordFailures = 0

    package init() {}
}
