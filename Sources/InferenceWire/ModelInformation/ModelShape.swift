// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// The keys of GGUF metadata, which Ollama passes on as `model_info`, that tell a model's shape.
struct ModelShape {
    /// Whole and fractional numbers by key.
    var numbers: [String: Double] = [:]
    /// The value of `general.architecture`, which the other keys begin with.
    var architecture: String?

    /// Puts what the shape tells into information; the parameters, where known, are needed for the active ones.
    func complete(_ information: inout ModelInformation) {
        information.architecture = information.architecture ?? architecture
        information.parameters = information.parameters ?? numbers["general.parameter_count"].flatMap(positive)
        information.contextLength = self["context_length"].flatMap { Int(exactly: $0) }
        information.attention = attention
        information.activeParameters = information.parameters.flatMap(activeParameters)
    }

    private subscript(key: String) -> Double? {
        architecture.flatMap { numbers[$0 + "." + key] }
    }

    private var attention: ModelSize.Attention? {
        guard let layers = self["block_count"], let width = self["embedding_length"] else { return nil }
        // Heads need not add up to the width of the model; where their own width is stated it counts.
        let heads = self["attention.head_count"]
        let keyLength = self["attention.key_length"]
        let total = heads.flatMap { heads in keyLength.map { heads * $0 } } ?? width
        guard let layers = Int(exactly: layers), let total = Int(exactly: total) else { return nil }
        return ModelSize.Attention(layers: layers, width: total)
    }

    /// All parameters less those of the experts that a token does not use: three matrices for each expert and layer.
    private func activeParameters(of all: Double) -> Double? {
        guard let experts = self["expert_count"], let used = self["expert_used_count"], experts > 0, used < experts,
            let layers = self["block_count"], let width = self["embedding_length"],
            let inner = self["expert_feed_forward_length"] ?? self["feed_forward_length"]
        else { return nil }
        let sparseLayers = layers - (self["leading_dense_block_count"] ?? 0)
        let active = all - sparseLayers * (experts - used) * 3 * width * inner
        return active > 0 && active < all ? active : nil
    }

    private func positive(_ number: Double) -> Double? {
        number > 0 ? number : nil
    }
}
