// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite

extension TelemetryStoreError {
    /// Tells a failure of the database in our own words.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as TelemetryStoreError: self = error
        case let error as DatabaseError: self.init(error, path: path)
        default: self.init(code: .failed, message: "\(path): \(error)")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                code: .corrupt,
                message: "\(path) is damaged (\(detail)). Move it away; sqlite3's .recover may save its rows."
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                code: .locked,
                message: "\(path) is held by another process (\(detail)). Try again when it is done."
            )
        case .SQLITE_FULL:
            self.init(code: .full, message: "\(path) cannot grow (\(detail)). Make room, or remove calls with prune.")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(code: .readOnly, message: "\(path) cannot be written (\(detail)). Check its owner and mode.")
        case .SQLITE_CANTOPEN:
            self.init(code: .unreadable, message: "\(path) cannot be opened (\(detail)). Check its owner and mode.")
        default:
            self.init(code: .failed, message: "\(path): \(detail)")
        }
    }
}
