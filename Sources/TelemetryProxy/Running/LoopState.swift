// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import TelemetryCore

/// What one event loop owns: its clients and its kept connections.
///
/// Everything here runs on that loop alone, so that a call crosses no thread between client and engine.
final class LoopState {
    let core: ProxyCore
    let eventLoop: any EventLoop
    let clock: TelemetryClock
    let pool: ConnectionPool
    private(set) var isDraining = false
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var drained: EventLoopPromise<Void>?
    private var scratch: [Range<Int>] = []
    private var random: (high: UInt64, low: UInt64)

    init(core: ProxyCore, eventLoop: any EventLoop) {
        self.core = core
        self.eventLoop = eventLoop
        clock = core.services.clock
        pool = ConnectionPool()
        random = (.random(in: 0...UInt64.max), .random(in: 0...UInt64.max))
    }

    func add(_ client: ClientConnection) {
        clients[ObjectIdentifier(client)] = client
        if isDraining { client.drain() }
    }

    func remove(_ client: ClientConnection) {
        clients[ObjectIdentifier(client)] = nil
        finishDrainingIfEmpty()
    }

    /// A new record's identity.
    ///
    /// Unpredictability is not needed, only that no two are the same: a sequence of this loop (SplitMix64 steps from a
    /// random start) costs no system call.
    func newID(at time: WallTime) -> RecordID {
        RecordID(at: time, randomHigh: Self.next(&random.high), randomLow: Self.next(&random.low))
    }

    /// An empty list that keeps its room, so that no read allocates one; given back after use.
    func takeScratch() -> [Range<Int>] {
        var list: [Range<Int>] = []
        swap(&list, &scratch)
        return list
    }

    func giveBack(_ list: inout [Range<Int>]) {
        list.removeAll(keepingCapacity: true)
        swap(&list, &scratch)
    }

    /// Ends idle connections now and busy ones after their call; succeeds when none is left.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        for client in clients.values { client.drain() }
        finishDrainingIfEmpty()
        return promise.futureResult
    }

    /// Ends every connection now.
    func cutOff() {
        for client in clients.values { client.cutOff() }
    }

    private func finishDrainingIfEmpty() {
        guard isDraining, clients.isEmpty, let promise = drained else { return }
        drained = nil
        pool.closeAll()
        promise.succeed()
    }

    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
