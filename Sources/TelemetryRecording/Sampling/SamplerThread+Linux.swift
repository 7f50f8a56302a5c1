// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import CTelemetryShims
import TelemetryCore

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Sleep until an instant, which another thread can cut short.
///
/// `@unchecked`: the two C objects are made once, never moved, and only handed to functions that are made for several
/// threads; `isWoken` is touched only between lock and unlock.
final class WakeSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isWoken = false

    init() {
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
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
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let total = Int64(deadline.tv_nsec) + max(duration.nanoseconds, 0)
        deadline.tv_sec += Int(total / 1_000_000_000)
        deadline.tv_nsec = Int(total % 1_000_000_000)
        pthread_mutex_lock(mutex)
        while !isWoken, pthread_cond_timedwait(condition, mutex, &deadline) == 0 {}
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
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
                telemetry_set_timer_slack(1)
                body.run()
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Sleeps until an instant, to the microsecond where the machine is free.
    static func sleep(until instant: MonotonicInstant) {
        var deadline = timespec()
        deadline.tv_sec = Int(instant.nanoseconds / 1_000_000_000)
        deadline.tv_nsec = Int(instant.nanoseconds % 1_000_000_000)
        // The clock of MonotonicInstant, so that no conversion adds to the lateness.
        while clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &deadline, nil) == EINTR {}
    }
}
#endif
