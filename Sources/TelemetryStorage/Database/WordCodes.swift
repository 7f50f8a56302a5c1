// Inferometer
// SPDX-License-Identifier: Apache-2.0

internal import TelemetryCore

/// The numbers by which databases know the words of closed vocabularies.
///
/// They never change.
enum WordCodes {
    static let operations: [InferenceOperation] = [.chat, .completion, .embedding, .response, .message, .generate]
    static let outcomes: [CallOutcome] = [.completed, .cancelled, .truncated, .failed]
    static let errorKinds: [CallErrorKind] = [
        .unreachable, .reset, .timeout, .clientStatus, .serverStatus, .engineError, .malformed, .clientGone,
    ]
    static let tokenSources: [TokenSource] = [.usage, .timings, .chunks]

    /// The number of a word, from 1 on; 0 for none.
    static func code<Word: Equatable>(of word: Word?, in words: [Word]) -> Int64 {
        guard let word, let place = words.firstIndex(of: word) else { return 0 }
        return Int64(place + 1)
    }

    /// The word of a number; nothing for 0 and for numbers of later releases.
    static func word<Word>(_ code: Int64, in words: [Word]) -> Word? {
        code >= 1 && code <= words.count ? words[Int(code) - 1] : nil
    }
}
