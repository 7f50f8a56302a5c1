// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if !canImport(Darwin)
extension EngineWatch {
    /// A watch over this machine's processes, or over the folder that stands for `/`.
    static func ofMachine(root: String) -> EngineWatch {
        EngineWatch(folder: ProcessFolder(root: root))
    }
}
#endif
