// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension Sequence {
    /// The first value that the elements give.
    func firstValue<Value>(_ value: (Element) -> Value?) -> Value? {
        for element in self {
            if let found = value(element) { return found }
        }
        return nil
    }
}
