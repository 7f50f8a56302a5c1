// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension ModelInformation {
    /// Reads the answer to `GET /v1/models`: of llama-server, which puts `meta` beside each model.
    ///
    /// - Parameters:
    ///   - body: the answer's body.
    ///   - model: the model's id; the first model if it is nothing.
    /// - Returns: What the answer tells; nothing where it does not list the model.
    package static func fromModelList(_ body: [UInt8], model: String? = nil) -> ModelInformation? {
        body.withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            guard cursor.enterObject() else { return nil }
            while let key = cursor.nextKey() {
                guard key == "data" else {
                    cursor.skipValue()
                    continue
                }
                guard cursor.enterArray() else { return nil }
                while cursor.nextElement() {
                    let (names, information) = entry(&cursor)
                    if model.map(names.contains) ?? true { return information }
                }
            }
            return nil
        }
    }

    private static func entry(_ cursor: inout JSONCursor) -> (names: [String], information: ModelInformation) {
        var names: [String] = []
        var information = ModelInformation()
        guard cursor.enterObject() else { return (names, information) }
        while let key = cursor.nextKey() {
            if key == "id" {
                if let id = cursor.string() { names.append(id.text()) }
            } else if key == "aliases" {
                guard cursor.enterArray() else { continue }
                while cursor.nextElement() {
                    if let alias = cursor.string() { names.append(alias.text()) }
                }
            } else if key == "meta" {
                information.readMeta(&cursor)
            } else if key == "max_model_len" {
                information.contextLength = cursor.number().flatMap { Int(exactly: $0) }
            } else {
                cursor.skipValue()
            }
        }
        return (names, information)
    }

    private mutating func readMeta(_ cursor: inout JSONCursor) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "n_params" {
                parameters = cursor.number().flatMap { $0 > 0 ? $0 : nil }
            } else if key == "size" {
                bytes = cursor.number().flatMap { $0 > 0 ? $0 : nil }
            } else if key == "n_ctx_train" {
                contextLength = cursor.number().flatMap { Int(exactly: $0) }
            } else if key == "ftype" {
                quantization = cursor.string().flatMap { $0.isEmpty ? nil : $0.text() }
            } else {
                cursor.skipValue()
            }
        }
    }

    /// Reads the answer to Ollama's `POST /api/show`.
    ///
    /// - Parameter body: the answer's body.
    /// - Returns: What the answer tells; nothing where it is no such answer.
    package static func fromOllamaShow(_ body: [UInt8]) -> ModelInformation? {
        body.withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            var information = ModelInformation()
            var shape = ModelShape()
            var stated: Double?
            guard cursor.enterObject() else { return nil }
            while let key = cursor.nextKey() {
                if key == "details" {
                    stated = information.readDetails(&cursor)
                } else if key == "model_info" {
                    shape.read(&cursor)
                } else {
                    cursor.skipValue()
                }
            }
            shape.complete(&information)
            // "8.0B" is rounded: the exact count goes before it.
            information.parameters = information.parameters ?? stated
            return cursor.isBroken || information.isEmpty ? nil : information
        }
    }

    private mutating func readDetails(_ cursor: inout JSONCursor) -> Double? {
        var stated: Double?
        guard cursor.enterObject() else { return nil }
        while let key = cursor.nextKey() {
            if key == "quantization_level" {
                quantization = cursor.string().flatMap { $0.isEmpty ? nil : $0.text() }
            } else if key == "parameter_size" {
                stated = cursor.string().flatMap { Self.roundedCount($0.text()) }
            } else {
                cursor.skipValue()
            }
        }
        return stated
    }

    /// The number in "8.0B" or "137M".
    private static func roundedCount(_ text: String) -> Double? {
        let scales: [Character: Double] = ["K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12]
        guard let unit = text.last, let scale = scales[Character(unit.uppercased())],
            let number = Double(text.dropLast()), number > 0, number.isFinite
        else { return nil }
        return number * scale
    }
}

extension ModelShape {
    fileprivate mutating func read(_ cursor: inout JSONCursor) {
        guard cursor.enterObject() else { return }
        while let key = cursor.nextKey() {
            if key == "general.architecture" {
                architecture = cursor.string()?.text()
            } else if let number = cursor.number() {
                numbers[key.text()] = number
            }
        }
    }
}

extension JSONCursor {
    /// The next value if it is a finite number; another is skipped.
    mutating func number() -> Double? {
        guard let text = numberText(), let number = PrometheusNumber.parse(text), number.isFinite else { return nil }
        return number
    }
}
