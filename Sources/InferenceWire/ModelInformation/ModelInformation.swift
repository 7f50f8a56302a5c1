// Inferometer
// SPDX-License-Identifier: Apache-2.0

package import TelemetryCore

/// What an engine or a file tells of a model; what it does not tell is absent.
package struct ModelInformation: Sendable, Hashable {
    /// All parameters.
    package var parameters: Double?
    /// The parameters that a token passes in a mixture of experts, computed from its shape.
    package var activeParameters: Double?
    /// Bytes of the weights.
    package var bytes: Double?
    /// How the weights are quantised, in the engine's own word.
    package var quantization: String?
    /// The architecture's name.
    package var architecture: String?
    /// The longest context that the model was made for, in tokens.
    package var contextLength: Int?
    /// The shape of the attention.
    package var attention: ModelSize.Attention?

    /// Creates information of which nothing is known.
    package init() {}

    /// Whether nothing is known.
    package var isEmpty: Bool {
        self == ModelInformation()
    }

    /// Bytes by which a parameter is stored: of the whole file where its size is known, else as the quantisation says.
    package var bytesPerParameter: Double? {
        if let bytes, let parameters, parameters > 0, bytes > 0 { return bytes / parameters }
        return quantization.flatMap(Self.bytes(ofQuantization:))
    }

    /// The size that efficiency is computed from; nothing where the parameters are unknown.
    package var size: ModelSize? {
        guard let parameters else { return nil }
        return try? ModelSize(
            parameters: parameters,
            activeParameters: activeParameters,
            bytesPerParameter: bytesPerParameter ?? 2,
            attention: attention
        )
    }

    /// Bytes for a name such as `Q4_K_M`, `F16` or `all F32`: the bits that it states, the scales between left out.
    private static func bytes(ofQuantization name: String) -> Double? {
        let words = name.lowercased().split { !($0.isLetter || $0.isNumber) }
        for word in words {
            let digits = word.drop { $0.isLetter }
            let prefix = word.prefix { $0.isLetter }
            guard ["q", "iq", "tq", "f", "bf", "fp", "mxfp", "int"].contains(String(prefix)) else { continue }
            if let bits = Double(digits.prefix { $0.isNumber }), bits >= 1, bits <= 64 { return bits / 8 }
        }
        return nil
    }
}
