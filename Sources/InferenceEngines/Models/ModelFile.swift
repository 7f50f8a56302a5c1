// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
public import TelemetryCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads what a model's file tells of the model: the header alone, however large the file is.
public enum ModelFile {
    /// The longest header that is read; those of the largest models are a few tens of megabytes.
    private static let longestHeader = 256 << 20

    /// Reads the header of a GGUF or safetensors file.
    ///
    /// Of a model in several safetensors files this is one file's part.
    ///
    /// - Parameter path: The file.
    /// - Returns: The model, named after the file; its size is absent where the file's weights are packed.
    /// - Throws: ``InferenceEngineError`` where the file cannot be read, or is neither.
    public static func model(at path: String) throws -> EngineModel {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw InferenceEngineError(.invalidRequest, "The model's file cannot be opened; see its name and rights.")
        }
        defer { close(file) }
        var length = 1 << 20
        while true {
            let head = read(file, upTo: length)
            switch information(head) {
            case .known(let information): return EngineModel(id: name(of: path), information)
            case .needsMore where head.count == length && length < longestHeader: length *= 4
            case .needsMore, .unknown:
                throw InferenceEngineError(.malformed, "The file does not begin as a whole GGUF or safetensors file.")
            }
        }
    }

    private enum Finding {
        case known(ModelInformation)
        case needsMore
        case unknown
    }

    private static func information(_ head: [UInt8]) -> Finding {
        if head.starts(with: "GGUF".utf8) {
            do {
                return .known(try GGUFReader.read(head))
            } catch {
                return error == .truncated ? .needsMore : .unknown
            }
        }
        do {
            return .known(try SafetensorsReader.read(head))
        } catch {
            if case .truncated = error { return .needsMore }
            return .unknown
        }
    }

    private static func read(_ file: Int32, upTo length: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            while filled < length {
                let count = pread(file, buffer.baseAddress?.advanced(by: filled), length - filled, off_t(filled))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                filled += count
            }
        }
    }

    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        for suffix in [".gguf", ".safetensors"] where file.hasSuffix(suffix) {
            return String(file.dropLast(suffix.count))
        }
        return file
    }
}
