// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import TelemetryCatalog
import TelemetryCore

extension EngineModel {
    /// Creates a model from what an engine or a file tells of it.
    init(id: String, _ information: ModelInformation?) {
        self.init(id: id)
        guard let information else { return }
        parameterCount = information.parameters.flatMap { Int(exactly: $0.rounded()) }
        activeParameterCount = information.activeParameters.flatMap { Int(exactly: $0.rounded()) }
        quantization = information.quantization
        contextLength = information.contextLength
        if parameterCount != nil { sizeSource = .engine }
    }

    /// Fills in by the name what nobody told, as a last resort, and says so.
    func completedByName() -> EngineModel {
        guard parameterCount == nil, let known = ModelCatalog.specification(forModelNamed: id) else { return self }
        var model = self
        model.parameterCount = Int(exactly: known.size.parameters.rounded())
        model.activeParameterCount = known.size.activeParameters.flatMap { Int(exactly: $0.rounded()) }
        model.sizeSource = known.isEstimated ? .name : .catalog
        return model
    }
}
