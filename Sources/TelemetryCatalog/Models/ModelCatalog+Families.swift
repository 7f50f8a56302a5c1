// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension ModelCatalog {
    /// Families whose names leave out the size, or the experts that a token passes.
    static let families: [ModelFamily] = [
        ModelFamily(
            name: "mixtral-8x7b",
            words: ["mixtral", "8x7b"],
            parameters: 47,
            active: 13,
            source: "Jiang et al. 2024, Mixtral of Experts (arXiv:2401.04088): 47B, 13B active"
        ),
        ModelFamily(
            name: "mixtral-8x22b",
            words: ["mixtral", "8x22b"],
            parameters: 141,
            active: 39,
            source: "Mistral AI, Cheaper, Better, Faster, Stronger (April 2024): 141B, 39B active"
        ),
        ModelFamily(
            name: "gpt-oss-120b",
            words: ["gpt", "oss", "120b"],
            parameters: 116.8,
            active: 5.1,
            source: "OpenAI, gpt-oss model card (August 2025): 116.8B, 5.1B active"
        ),
        ModelFamily(
            name: "gpt-oss-20b",
            words: ["gpt", "oss", "20b"],
            parameters: 20.9,
            active: 3.6,
            source: "OpenAI, gpt-oss model card (August 2025): 20.9B, 3.6B active"
        ),
        ModelFamily(
            name: "deepseek-v3.1",
            words: ["deepseek", "v3.1"],
            parameters: 671,
            active: 37,
            source: "DeepSeek-AI, DeepSeek-V3.1 model card (August 2025): 671B, 37B active"
        ),
        ModelFamily(
            name: "deepseek-v3",
            words: ["deepseek", "v3"],
            parameters: 671,
            active: 37,
            source: "DeepSeek-V3 technical report (arXiv:2412.19437): 671B, 37B active"
        ),
        ModelFamily(
            name: "deepseek-r1-671b",
            words: ["deepseek", "r1", "671b"],
            parameters: 671,
            active: 37,
            source: "DeepSeek-R1 (arXiv:2501.12948), on DeepSeek-V3-Base: 671B, 37B active"
        ),
        ModelFamily(
            name: "llama-4-scout",
            words: ["llama", "4", "scout"],
            parameters: 109,
            active: 17,
            source: "Meta, Llama 4 model card (April 2025): 109B, 17B active"
        ),
        ModelFamily(
            name: "llama-4-maverick",
            words: ["llama", "4", "maverick"],
            parameters: 400,
            active: 17,
            source: "Meta, Llama 4 model card (April 2025): 400B, 17B active"
        ),
    ]
}
