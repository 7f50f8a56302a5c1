// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A message as a test reads it, with none of the proxy's own code.
struct HTTPMessage: Sendable {
    /// The request line or status line.
    var start: String
    /// Names and values in their order, in the case in which they came.
    var fields: [(name: String, value: String)]
    /// The body without framing.
    var body: [UInt8] = []
    /// The lines after the last chunk.
    var trailers = ""

    init(head: String) {
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        start = lines.isEmpty ? "" : String(lines.removeFirst())
        fields = lines.map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), String(line[colon...].dropFirst().drop { $0 == " " }))
        }
    }

    var status: Int { Int(start.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    var text: String { String(decoding: body, as: UTF8.self) }

    func field(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension RawConnection {
    /// Reads one message; a body without framing lasts until the connection ends, in an answer alone.
    func message(hasBody: Bool = true, isAnswer: Bool = false) async throws -> HTTPMessage {
        var message = HTTPMessage(head: try await receive(until: "\r\n\r\n"))
        guard hasBody else { return message }
        if message.field("Transfer-Encoding")?.lowercased() == "chunked" {
            while let chunk = try await chunk() { message.body += chunk }
            var line = try await receive(until: "\r\n")
            while line != "\r\n" {
                message.trailers += line
                line = try await receive(until: "\r\n")
            }
        } else if let length = message.field("Content-Length") {
            message.body = try await receive(count: Int(length) ?? 0)
        } else if isAnswer {
            message.body = await rest().bytes
        }
        return message
    }

    /// Reads an answer.
    func answer(hasBody: Bool = true) async throws -> HTTPMessage {
        try await message(hasBody: hasBody, isAnswer: true)
    }

    /// Reads the next chunk's content; nothing for the last.
    func chunk() async throws -> [UInt8]? {
        let size = Int(try await receive(until: "\r\n").prefix { $0.isHexDigit }, radix: 16) ?? 0
        guard size > 0 else { return nil }
        let content = try await receive(count: size)
        _ = try await receive(until: "\r\n")
        return content
    }

    /// Sends an answer with a length.
    func answer(_ status: String = "200 OK", _ body: String, type: String = "application/json") async throws {
        try await send(
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    /// Sends the head of a stream of events in chunks.
    func beginStream() async throws {
        try await send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    /// Sends an event as one chunk.
    func event(_ data: String) async throws {
        let event = "data: \(data)\n\n"
        try await send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
    }

    func endStream() async throws {
        try await send("0\r\n\r\n")
    }

    /// Sends a request with a JSON body.
    func post(_ path: String, _ body: String, fields: String = "") async throws {
        try await send(
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(fields)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }
}
