// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Asks a person before something is gone for good.
enum Confirmation {
    /// Returns if the person agrees or `--yes` was given.
    ///
    /// - Throws: `ValidationError` where nobody can be asked; an exit code of 1 where the person does not agree.
    static func ask(_ question: String, isGiven: Bool) throws {
        if isGiven { return }
        guard Terminal.canAsk else {
            throw ValidationError("\(question) Nobody can be asked here: say --yes to go ahead.")
        }
        try FileBytes.write(Array("\(question) [y/N] ".utf8), to: STDERR_FILENO)
        let answer = readLine()?.lowercased()
        guard answer == "y" || answer == "yes" else { throw CommandError("Nothing was removed.") }
    }
}
