// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Where this program keeps its files unless told otherwise.
enum DataDirectory {
    /// The database of real calls.
    static func database(environment: [String: String]) -> String {
        path(environment: environment) + "/telemetry.db"
    }

    /// The database of the simulated engine's calls, apart from the real ones.
    static func simulatedDatabase(environment: [String: String]) -> String {
        path(environment: environment) + "/simulated.db"
    }

    private static func path(environment: [String: String]) -> String {
        platformDirectory(environment: environment) + "/inferometer"
    }

    /// The home directory; the working directory where the environment names none.
    static func home(environment: [String: String]) -> String {
        environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "."
    }
}
