// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Logging

/// The log of a command: standard error, never anything of a call's content or key.
enum ErrorLog {
    static func logger(level: Logger.Level) -> Logger {
        var logger = Logger(label: "inferometer") { label in StreamLogHandler.standardError(label: label) }
        logger.logLevel = level
        return logger
    }

    /// A log of errors alone, for commands that say the rest themselves.
    static func errors() -> Logger {
        logger(level: .error)
    }
}
