// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import TelemetryCore

extension ClientConnection {
    /// Decides what a request is and begins its exchange, or answers it here.
    func begin() {
        guard isAllowedHost else { return refuseHost() }
        if isHealth { return answerHealth() }
        guard !isMethod("CONNECT") else {
            return answerAndGoOn(
                error(501, .notSupported, "This is no proxy for CONNECT; use its address as base URL.")
            )
        }
        let route = request.bytes.withBytes { core.table.route($0.part(request.path)) }
        let (upstream, skipping) = route ?? (.none, 0)
        let exchange = Exchange(client: self, upstream: upstream, skipping: skipping)
        self.exchange = exchange
        exchange.begin()
    }

    /// An error in the shape of the API that the path belongs to.
    func error(_ status: Int, _ code: OwnAnswer.Code, _ message: String, skipping: Int = 0) -> OwnAnswer {
        let dialect = request.bytes.withBytes { APIDialect(path: $0.part(request.path.dropFirst(skipping))) }
        return OwnAnswer(status: status, code: code, message: message, dialect: dialect)
    }

    private var isAllowedHost: Bool {
        guard let host = request.host else { return true }
        return request.bytes.withBytes { core.allowedHosts.allows($0.part(host), reachedAt: localAddress) }
    }

    private var isHealth: Bool {
        request.bytes.withBytes { $0.part(request.path).elementsEqual("/_inferometer/health".utf8) }
    }

    private func isMethod(_ method: StaticString) -> Bool {
        request.bytes.withBytes { $0.part(request.method).elementsEqual(method.description.utf8) }
    }

    private func refuseHost() {
        let message = "The Host is neither localhost nor the listening address. Allow it with --allow-host NAME."
        answerAndGoOn(error(403, .forbiddenHost, message))
    }

    private func answerHealth() {
        let counters = core.counters
        let failures = counters.failures.values.reduce(0, +)
        let json =
            #"{"status":"ok","calls":\#(counters.calls),"calls_in_flight":\#(counters.callsInFlight),"#
            + #""failures":\#(failures),"record_failures":\#(counters.recordFailures),"#
            + #""upstreams":\#(core.table.all.count),"energy":"# + EnergyHealthText.json(core.services.energy?.health)
            + "}"
        answerAndGoOn(OwnAnswer(json: json))
    }

    /// Answers here, without an engine.
    ///
    /// A body that is still to come is passed over with the connection.
    private func answerAndGoOn(_ answer: OwnAnswer) {
        if answer.code != nil { core.count { $0.refused += 1 } }
        let closing = isLastAnswer
        self.answer(answer)
        finishAnswer(closing: closing)
    }
}
