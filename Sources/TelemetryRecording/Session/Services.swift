// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import ServiceLifecycle

/// Runs until its service group shuts down.
extension EnergySampler: Service {}

/// Runs until its service group shuts down.
extension CallEnergyAccounting: Service {}

/// A session for a program that lives long: it measures until its service group shuts down, and then waits, for
/// seconds at most, until each call that is over has its energy.
extension TelemetrySession: Service {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func run() async {
        await sampler.withSampling {
            try? await gracefulShutdown()
            await finish()
        }
    }
}
