// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if !canImport(Darwin)
extension EngineWatch {
    /// A watch over this machine's processes, or over those in a folder that stands for `/`.
    ///
    /// A folder that shows sensors alone says nothing of processes: drivers still list this machine's.
    static func ofMachine(root: String) -> EngineWatch {
        let folder = ProcessFolder(root: root)
        return EngineWatch(folder: folder.exists ? folder : ProcessFolder(root: "/"))
    }
}
#endif
