// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
extension EngineWatch {
    /// A watch over the folder that stands for `/`.
    ///
    /// Of the machine itself nothing is known: no driver of macOS lists the processes that use a device, so that an
    /// engine's processes would have nothing to be compared with. Its calls use all of the host.
    static func ofMachine(root: String) -> EngineWatch {
        EngineWatch(folder: root == "/" ? nil : ProcessFolder(root: root))
    }
}
#endif
