// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryTesting
import Testing

@testable import TelemetryCore

/// An account that is 0 and one that is unknown are not the same, over any part of the time.
@Suite struct AccountKnowledgeTests {
    @Test func idleIsUnknownWhileCallsRanFromTheStartAndIdlePowerWasNotLearnt() {
        var hand = ChannelLedgerTests.Hand()
        hand.start(1, at: 0)
        hand.draw(100, for: 1)
        let busy = hand.ledger.accounts()
        #expect(!busy.isIdleKnown && busy.idle == 0)
        #expect(busy.attributed + busy.residual == busy.measured)
        hand.end(1, at: 1)
        hand.draw(50, for: 8)
        let quiet = hand.ledger.accounts() - busy
        #expect(quiet.isIdleKnown && quiet.idle > 0)
        // Learnt by now: a busy span without any energy of its own for idle still knows that.
        let before = hand.ledger.accounts()
        hand.start(2, at: 9)
        hand.draw(100, for: 1)
        let learnt = hand.ledger.accounts() - before
        #expect(learnt.isIdleKnown && learnt.idle == 0)
    }

    @Test func foreignIsKnownOnlyOfTheTimeInWhichItWasTold() {
        var hand = ChannelLedgerTests.Hand()
        hand.draw(50, for: 7)
        hand.ledger.setForeign(fraction: 0.5)
        hand.draw(150, for: 1)
        let told = hand.ledger.accounts()
        #expect(told.isForeignKnown && told.foreign > 0)
        hand.ledger.setForeign(fraction: nil)
        hand.draw(150, for: 1)
        let untold = hand.ledger.accounts() - told
        #expect(!untold.isForeignKnown && untold.foreign == 0)
        #expect(hand.ledger.accounts().isForeignKnown)
        hand.ledger.setForeign(fraction: 0)
        hand.draw(150, for: 1)
        let nobody = hand.ledger.accounts() - told
        #expect(nobody.isForeignKnown && nobody.foreign == 0)
    }
}
