// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if !canImport(Darwin)
extension DataDirectory {
    /// The directory for data by the XDG Base Directory Specification, which has relative paths ignored.
    static func platformDirectory(environment: [String: String]) -> String {
        if let path = environment["XDG_DATA_HOME"], path.hasPrefix("/") { return path }
        return home(environment: environment) + "/.local/share"
    }
}
#endif
