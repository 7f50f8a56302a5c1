// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
import TelemetryCore

/// Sleep until an instant, which another thread can cut short.
///
/// `@unchecked`: the two C objects are made once, never moved, and only handed to functions that are made for several
/// threads; `isWoken` is touched only between lock and unlock.
final class WakeSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isWoken = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Ends a sleep, or the next one if none is under way.
    func wake() {
        pthread_mutex_lock(mutex)
        isWoken = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Sleeps for so long, or until woken.
    func wait(for duration: Duration) {
        let nanoseconds = max(duration.nanoseconds, 0)
        var interval = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000),
            tv_nsec: Int(nanoseconds % 1_000_000_000)
        )
        pthread_mutex_lock(mutex)
        while !isWoken, pthread_cond_timedwait_relative_np(condition, mutex, &interval) == 0 {}
        isWoken = false
        pthread_mutex_unlock(mutex)
    }
}

/// The kernel's calls that a sampler's thread needs.
enum SamplerThread {
    /// Starts a thread that runs a body once.
    ///
    /// Returns false if the system has no thread left.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(ThreadBody(body))
        var thread: pthread_t?
        let status = pthread_create(
            &thread,
            nil,
            { argument in
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard status == 0, let thread else {
            box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Sleeps until an instant.
    static func sleep(until instant: MonotonicInstant) {
        let left = instant - SystemTime.now
        guard left > .zero else { return }
        var interval = timespec(
            tv_sec: Int(left.nanoseconds / 1_000_000_000),
            tv_nsec: Int(left.nanoseconds % 1_000_000_000)
        )
        while nanosleep(&interval, &interval) == -1, errno == EINTR {}
    }

    private enum SystemTime {
        static var now: MonotonicInstant { TelemetryClock.system.instant() }
    }
}
#endif
