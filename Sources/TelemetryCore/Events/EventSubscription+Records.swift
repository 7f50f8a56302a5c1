// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension EventSubscription {
    /// Waits for the next record of a call that is over, and passes over all other events until then.
    ///
    /// - Returns: The record; nothing once the subscription's scope or the waiting task has ended.
    public func nextRecord() async -> TelemetryRecord? {
        for await event in events {
            if case .recorded(let record) = event { return record }
        }
        return nil
    }
}
