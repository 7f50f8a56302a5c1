// Inferometer
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Tells when an engine has been silent too long, at the cost of one timer a call however many events come.
final class SilenceTimer {
    private let limit: TimeAmount
    private let eventLoop: any EventLoop
    private var lastSign = NIODeadline.now()
    private var task: Scheduled<Void>?
    private var isExcused: () -> Bool
    private var expire: () -> Void

    init(
        limit: TimeAmount,
        eventLoop: any EventLoop,
        isExcused: @escaping () -> Bool,
        expire: @escaping () -> Void
    ) {
        self.limit = limit
        self.eventLoop = eventLoop
        self.isExcused = isExcused
        self.expire = expire
        schedule(in: limit)
    }

    /// Notes that the engine has given a sign of life.
    func touch() {
        lastSign = .now()
    }

    func cancel() {
        task?.cancel()
        task = nil
        isExcused = { true }
        expire = {}
    }

    private func schedule(in delay: TimeAmount) {
        task = eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.check() }
    }

    private func check() {
        if isExcused() { touch() }
        let silence = NIODeadline.now() - lastSign
        if silence < limit {
            schedule(in: limit - silence)
        } else {
            expire()
        }
    }
}
