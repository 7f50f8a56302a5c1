// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// How large a model is: what its arithmetic and its reads follow from.
public struct ModelSize: Sendable, Hashable {
    /// The shape of its attention, which decides the arithmetic that grows with the context.
    public struct Attention: Sendable, Hashable {
        /// The number of layers with attention.
        public let layers: Int
        /// Query heads times the width of a head.
        public let width: Int

        /// Creates a shape of positive sizes; nothing for others.
        public init?(layers: Int, width: Int) {
            guard layers > 0, width > 0 else { return nil }
            self.layers = layers
            self.width = width
        }
    }

    /// All parameters.
    public let parameters: Double
    /// The parameters that a token passes through; absent for a dense model, or where unknown.
    public let activeParameters: Double?
    /// Bytes by which a parameter is stored: 2 for 16 bits, 0.5 for 4.
    public let bytesPerParameter: Double
    /// The attention's shape, where known.
    public let attention: Attention?

    /// Creates a size.
    ///
    /// - Parameters:
    ///   - parameters: all parameters; more than 0.
    ///   - activeParameters: those that a token passes through in a mixture of experts; more than 0 and no more than
    ///     all. Leave it out for a dense model.
    ///   - bytesPerParameter: more than 0; 2 (16 bits) unless told.
    ///   - attention: the attention's shape, to count what grows with the context.
    /// - Throws: ``CalculationError`` where a size is out of range.
    public init(
        parameters: Double,
        activeParameters: Double? = nil,
        bytesPerParameter: Double = 2,
        attention: Attention? = nil
    ) throws(CalculationError) {
        try CalculationError.requirePositive(parameters, "parameters")
        try CalculationError.requirePositive(bytesPerParameter, "bytesPerParameter")
        if let activeParameters {
            try CalculationError.requirePositive(activeParameters, "activeParameters")
            guard activeParameters <= parameters else {
                throw CalculationError(.quantity, "activeParameters must not exceed parameters (\(parameters)).")
            }
        }
        self.parameters = parameters
        self.activeParameters = activeParameters
        self.bytesPerParameter = bytesPerParameter
        self.attention = attention
    }

    /// The parameters that a token passes through: the active ones of a mixture, all of a dense model.
    public var parametersPerToken: Double {
        activeParameters ?? parameters
    }

    /// The parameters that one step reads for a batch of sequences.
    ///
    /// A dense model's weights are read once a step whatever the batch. Of a mixture, each sequence picks its own
    /// experts: if a share f of the weights is active for one, a share 1 - (1 - f)^B is read for B that choose
    /// independently. A mean batch between two whole numbers is taken as steps of the two.
    ///
    /// - Parameter batchSize: the mean number of sequences in a step; 1 or more.
    /// - Returns: Parameters, from the active ones up to all.
    public func parametersRead(batchSize: Double) -> Double {
        guard let activeParameters, batchSize > 1 else { return parametersPerToken }
        // Past a thousand sequences every expert of any mixture is read.
        let whole = min(batchSize.rounded(.down), 1_000)
        let idleShare = 1 - activeParameters / parameters
        let idle = (0..<Int(whole)).reduce(1.0) { share, _ in share * idleShare }
        let mixed = idle + (idle * idleShare - idle) * min(batchSize - whole, 1)
        return parameters * (1 - mixed)
    }
}

extension CalculationError {
    static func requirePositive(_ value: Double, _ name: String) throws(CalculationError) {
        guard value > 0, value.isFinite else {
            throw CalculationError(.quantity, "\(name) must be a number above 0, not \(value).")
        }
    }

    static func requireNotNegative(_ value: Double, _ name: String) throws(CalculationError) {
        guard value >= 0, value.isFinite else {
            throw CalculationError(.quantity, "\(name) must be a number of 0 or more, not \(value).")
        }
    }
}
