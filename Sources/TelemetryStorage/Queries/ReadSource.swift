// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Synchronization
internal import TelemetryCore

/// A database that is opened for reading when it is first asked and there.
final class ReadSource: Sendable {
    private enum State {
        case unopened
        case open(DatabaseQueue)
        case closed
    }

    private let path: String
    private let state = Mutex(State.unopened)

    init(path: String) {
        self.path = path
    }

    /// Answers a question from one state of the file, or with a value for a file that is not there.
    func read<Value: Sendable>(
        else absent: Value,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(TelemetryStoreError) -> Value {
        guard let queue = try queue() else { return absent }
        do {
            return try await queue.read(body)
        } catch {
            throw TelemetryStoreError(error, path: path)
        }
    }

    func close() {
        let queue = state.withLock { state -> DatabaseQueue? in
            defer { state = .closed }
            if case .open(let queue) = state { return queue }
            return nil
        }
        try? queue?.close()
    }

    private func queue() throws(TelemetryStoreError) -> DatabaseQueue? {
        let result = state.withLock { state -> Result<DatabaseQueue?, TelemetryStoreError> in
            switch state {
            case .open(let queue): return .success(queue)
            case .closed:
                return .failure(TelemetryStoreError(code: .closed, message: "The reader of \(path) was closed."))
            case .unopened:
                return Result { () throws(TelemetryStoreError) in
                    let queue = try DatabaseOpening.reading(path)
                    if let queue { state = .open(queue) }
                    return queue
                }
            }
        }
        return try result.get()
    }
}
