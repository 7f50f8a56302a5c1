// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Text that an engine could have generated: the same for the same prompt.
struct SimulatedText {
    /// The tokens, each with the space before it; joined they are the text.
    let tokens: [String]
    /// Whether the text was cut at the limit.
    let isCut: Bool
    /// The number of tokens in the prompt, estimated at four bytes each.
    let promptTokens: Int

    init(body: [UInt8], promptBytes: Int, limit: Int?) {
        promptTokens = max(1, (promptBytes + 3) / 4)
        // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
        var hash = body.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let wanted = 24 + Int(hash % 40)
        let count = max(1, min(limit ?? wanted, wanted))
        isCut = count < wanted
        tokens = (0..<count).map { position in
            hash = hash &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let word = Self.words[Int(hash >> 33) % Self.words.count]
            return position == 0 ? word : " " + word
        }
    }

    private static let words = [
        "the", "meter", "counts", "every", "token", "and", "each", "joule", "a", "model", "answers", "slowly", "while",
        "the", "clock", "runs", "on", "power", "flows", "into", "words", "time", "passes", "between", "them", "quietly",
    ]
}
