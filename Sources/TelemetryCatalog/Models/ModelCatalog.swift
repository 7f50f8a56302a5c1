// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// What is known of a model's size, and from where.
public struct ModelSpecification: Sendable, Hashable {
    /// Where a size comes from.
    public enum Source: Sendable, Hashable {
        /// The engine says so.
        case engine
        /// The catalogue lists the family; the text says by which publication.
        case catalog(String)
        /// The name says so: an estimate, for names round sizes and do not tell every mixture of experts.
        case name
    }

    /// The name that was asked for.
    public let name: String
    /// The size.
    public let size: ModelSize
    /// Where the size comes from.
    public let source: Source

    /// Creates a specification.
    public init(name: String, size: ModelSize, source: Source) {
        self.name = name
        self.size = size
        self.source = source
    }

    /// Whether the size was only read off the name.
    public var isEstimated: Bool {
        source == .name
    }
}

/// Models' sizes by name, for where the engine does not tell.
public enum ModelCatalog {
    /// Every family in the table.
    public static let all: [ModelSpecification] = families.compactMap(\.specification)

    /// Finds the size of the model of that name.
    ///
    /// Paths ("meta-llama/..."), case, quantisation suffixes and file extensions do not matter. A family of the table
    /// goes before the number in the name; a name with no size, or with two, gives nothing.
    ///
    /// - Parameter name: as the engine calls the model, such as `qwen3:8b` or `meta-llama/Llama-3.1-8B-Instruct`.
    /// - Returns: The size with its source, or nothing where it cannot be told.
    public static func specification(forModelNamed name: String) -> ModelSpecification? {
        let parsed = SizedModelName(name)
        let bytesPerParameter = parsed.bytesPerParameter ?? 2
        if let family = families.first(where: { parsed.mentions($0.words) }) {
            return family.specification(named: name, bytesPerParameter: bytesPerParameter)
        }
        guard let parameters = parsed.parameters else { return nil }
        let size = try? ModelSize(
            parameters: parameters,
            activeParameters: parsed.activeParameters,
            bytesPerParameter: bytesPerParameter
        )
        return size.map { ModelSpecification(name: name, size: $0, source: .name) }
    }
}

/// A family whose names do not tell its sizes.
struct ModelFamily: Sendable {
    /// The family's name.
    let name: String
    /// Words that all stand in a name of the family, in this order and together.
    let words: [String]
    /// In billions.
    let parameters: Double
    /// In billions; absent for a dense model.
    let active: Double?
    /// Where the sizes are published.
    let source: String

    var specification: ModelSpecification? {
        specification(named: name, bytesPerParameter: 2)
    }

    func specification(named name: String, bytesPerParameter: Double) -> ModelSpecification? {
        let size = try? ModelSize(
            parameters: parameters * 1e9,
            activeParameters: active.map { $0 * 1e9 },
            bytesPerParameter: bytesPerParameter
        )
        return size.map { ModelSpecification(name: name, size: $0, source: .catalog(source)) }
    }
}
