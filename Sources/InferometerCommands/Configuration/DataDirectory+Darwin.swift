// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
extension DataDirectory {
    /// The directory for data: `XDG_DATA_HOME` where a person has set it, else Application Support.
    static func platformDirectory(environment: [String: String]) -> String {
        if let path = environment["XDG_DATA_HOME"], path.hasPrefix("/") { return path }
        return home(environment: environment) + "/Library/Application Support"
    }
}
#endif
