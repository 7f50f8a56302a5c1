// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryProxy

/// A failing engine fills no log: a cause is told once, then with its number after a minute.
@Suite struct ComplaintsTests {
    private let clock = ManualClock()
    private let log = CollectedLog()

    private var complaints: Complaints { Complaints(logger: log.logger, clock: clock.clock) }

    @Test func aCauseIsToldOnceAMinuteWithItsNumber() {
        let complaints = complaints
        for _ in 0..<5 { complaints.tell("reset", upstream: "a") }
        #expect(log.all.count == 1)
        #expect(log.all.first?.contains("untold") == false)
        clock.advance(by: .seconds(59.999))
        complaints.tell("reset", upstream: "a")
        #expect(log.all.count == 1)
        clock.advance(by: .milliseconds(1))
        complaints.tell("reset", upstream: "a")
        #expect(log.all.count == 2)
        #expect(log.all.last?.contains(#""untold": 5"#) == true, "\(log.all)")
        clock.advance(by: .seconds(60))
        complaints.tell("reset", upstream: "a")
        #expect(log.all.last?.contains("untold") == false)
    }

    @Test func causesAndEnginesAreToldApart() {
        let complaints = complaints
        for code in ["reset", "timeout"] {
            for upstream in ["a", "b"] { complaints.tell(code, upstream: upstream, detail: "why") }
        }
        #expect(log.all.count == 4)
        #expect(log.all.allSatisfy { $0.hasPrefix("warning A call did not complete.") && $0.contains("why") })
    }

    /// Names without end take no memory without end; what is forgotten is told again.
    @Test func manyCausesAreForgottenRatherThanKept() {
        let complaints = complaints
        for number in 0..<1_000 { complaints.tell("reset", upstream: "\(number)") }
        complaints.tell("reset", upstream: "0")
        #expect(log.all.count == 1_000)
        complaints.tell("reset", upstream: "one more")
        complaints.tell("reset", upstream: "0")
        #expect(log.all.count == 1_002)
    }
}
