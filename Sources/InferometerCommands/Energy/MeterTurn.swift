// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging
import TelemetryRecording

/// The turn of one process to meter its machine: while another has it, energy is the other's to share out.
struct MeterTurn {
    private let lock: MeterLock?

    /// Waits until no other process meters this machine.
    ///
    /// - Parameters:
    ///   - path: The lock file.
    ///   - logger: Is told once of the other process.
    ///   - pause: The time between two looks.
    ///   - waiting: Is given the reason for which calls have no energy meanwhile.
    /// - Returns: The turn; nothing if the task was cancelled.
    static func take(
        path: String,
        logger: Logger,
        pause: Duration = .seconds(2),
        waiting: (String) -> Void
    ) async -> MeterTurn? {
        var other: Int32?
        while !Task.isCancelled {
            let (lock, role) = MeterLock.acquire(path: path)
            guard case .meteredBy(let process) = role else {
                if other != nil { logger.notice("This process meters the machine from now on.") }
                return MeterTurn(lock: lock)
            }
            if process != other {
                logger.notice("Another process meters this machine.", metadata: ["process": "\(process)"])
                waiting("metered by \(process)")
                other = process
            }
            // A holder that has not written its number yet is about to.
            do { try await Task.sleep(for: process == 0 ? .milliseconds(50) : pause) } catch { break }
        }
        return nil
    }

    /// Lets another process have its turn.
    func end() {
        lock?.release()
    }
}
