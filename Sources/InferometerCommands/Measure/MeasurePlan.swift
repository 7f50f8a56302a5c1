// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What `measure` does, once its arguments have been heard.
struct MeasurePlan: Sendable, Hashable {
    /// Where the JSON object goes.
    enum Destination: Sendable, Hashable {
        /// Nowhere: a table goes to standard error.
        case none
        /// Standard output, which the command then leaves to us.
        case standardOutput
        /// A file; both streams stay the command's.
        case file(String)
    }

    /// The command and its arguments; never empty.
    var command: [String]
    var document: Destination
    /// The file for the power trace.
    var trace: String?
    /// The time between two readings; each sensor's own, if absent.
    var interval: Duration?
    /// How long the quiet machine is read before the command; not at all, if absent.
    var baseline: Duration?
    /// Whether energy is estimated where no sensor works.
    var isEstimated: Bool
    /// The folder that stands for `/` when sensors are looked for.
    var hardwareRoot: String

    init(
        command: [String],
        json: Bool = false,
        output: String? = nil,
        csv: String? = nil,
        intervalMilliseconds: Int? = nil,
        baselineSeconds: Double? = nil,
        isEstimated: Bool = false,
        environment: [String: String] = [:]
    ) throws {
        guard !command.isEmpty else {
            throw ValidationError("No command to measure: write it after '--', as in 'inferometer measure -- make'.")
        }
        if let intervalMilliseconds, !(1...60_000).contains(intervalMilliseconds) {
            throw ValidationError("The interval must lie between 1 and 60000 milliseconds.")
        }
        if let baselineSeconds, !(0.1...3_600).contains(baselineSeconds) {
            throw ValidationError("The baseline must lie between 0.1 and 3600 seconds.")
        }
        if let output, output == csv {
            throw ValidationError("--output and --csv name the same file: one would replace the other.")
        }
        self.command = command
        document = output.map(Destination.file) ?? (json ? .standardOutput : .none)
        trace = csv
        interval = intervalMilliseconds.map { .milliseconds($0) }
        baseline = baselineSeconds.map { .seconds($0) }
        self.isEstimated = isEstimated
        hardwareRoot = environment["INFEROMETER_SYSFS_ROOT"].flatMap { $0.isEmpty ? nil : $0 } ?? "/"
    }
}
