// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

extension JSONValue {
    /// Statistics with the keys that their table spells.
    init(_ value: StatisticsValue) {
        switch value {
        case .value(let value): self.init(value)
        case .array(let values): self = .array(values.map(JSONValue.init))
        case .object(let members): self.init(members)
        }
    }

    /// An object of statistics.
    init(_ members: [StatisticsValue.Member]) {
        self = .object(members.map { Member(key: $0.key, value: JSONValue($0.value)) })
    }

    private init(_ value: RecordValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .string(let text), .json(let text): self = .string(text)
        case .strings(let texts): self = .array(texts.map(JSONValue.string))
        }
    }
}
