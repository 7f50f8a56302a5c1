// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore
import Testing

@testable import TelemetryExport

@Suite struct RecordCSVTests {
    @Test("Defect 66: a reader of the standard gets every field back") func aReaderOfTheStandardGetsEveryValueBack()
        throws
    {
        var bytes: [UInt8] = []
        RecordCSV.appendHeader(to: &bytes)
        RecordCSV.append(RecordSamples.plain, to: &bytes)
        RecordCSV.append(RecordSamples.hostile, to: &bytes)
        let rows = CSVReader.rows(of: bytes)
        #expect(rows.count == 3)
        #expect(rows[0].map { $0 ?? "" } == RecordField.all.map(\.key))
        for (row, record) in zip(rows.dropFirst(), [RecordSamples.plain, RecordSamples.hostile]) {
            #expect(row.count == RecordField.all.count)
            for (field, cell) in zip(RecordField.all, row) { expect(cell, is: field.value(record), for: field.key) }
        }
    }

    @Test func unknownAndEmptyAreTwoThings() throws {
        var record = RecordSamples.plain
        record.identity.agent = ""
        var bytes: [UInt8] = []
        RecordCSV.append(record, to: &bytes)
        let row = CSVReader.rows(of: bytes)[0]
        #expect(row[try place(of: "agent")] == "")
        #expect(row[try place(of: "session")] == nil)
    }

    private func place(of key: String) throws -> Int {
        try #require(RecordField.all.firstIndex { $0.key == key })
    }

    private func expect(_ cell: String?, is value: RecordValue, for key: String) {
        switch value {
        case .null: #expect(cell == nil, "\(key)")
        case .bool(let flag): #expect(cell == (flag ? "true" : "false"), "\(key)")
        case .integer(let number): #expect(cell.flatMap(Int.init) == number, "\(key)")
        case .number(let number): #expect(number.isFinite ? cell.flatMap(Double.init) == number : cell == nil, "\(key)")
        case .string(let text), .json(let text): #expect(cell == text, "\(key)")
        case .strings(let texts): #expect(cell == texts.joined(separator: ";"), "\(key)")
        }
    }
}

/// A reader made from RFC 4180's grammar alone; an unquoted empty field is `nil`.
private enum CSVReader {
    static func rows(of bytes: [UInt8]) -> [[String?]] {
        var rows: [[String?]] = []
        var row: [String?] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            row.append(field(&rest))
            if rest.first == UInt8(ascii: ",") {
                rest.removeFirst()
            } else {
                #expect(rest.prefix(2).elementsEqual([0x0D, 0x0A]), "a record ends with CRLF")
                rest = rest.dropFirst(2)
                rows.append(row)
                row = []
            }
        }
        #expect(row.isEmpty)
        return rows
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            let plain = rest.prefix { ![UInt8(ascii: ","), 0x0D, 0x0A].contains($0) }
            #expect(!plain.contains(UInt8(ascii: "\"")))
            rest = rest.dropFirst(plain.count)
            return plain.isEmpty ? nil : String(decoding: plain, as: UTF8.self)
        }
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\"") else {
                value.append(byte)
                continue
            }
            guard rest.first == UInt8(ascii: "\"") else { break }
            value.append(rest.removeFirst())
        }
        return String(decoding: value, as: UTF8.self)
    }
}
