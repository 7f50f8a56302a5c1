// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import TelemetryCore

/// An answer that the proxy itself makes, in the shape of the API that was called.
struct OwnAnswer {
    /// The reason as a bounded code, for the field `X-Inferometer-Error`.
    enum Code: String {
        case forbiddenHost = "forbidden_host"
        case badRequest = "bad_request"
        case notSupported = "not_supported"
        case noUpstream = "no_upstream"
        case unreachable
        case reset
        case timeout
        case malformed
    }

    let status: Int
    let code: Code?
    let body: [UInt8]

    /// An error, told as the API's own errors are.
    init(status: Int, code: Code, message: String, dialect: APIDialect) {
        self.status = status
        self.code = code
        body = ErrorBody.json(dialect: dialect, code: code.rawValue, message: message, status: status)
    }

    /// A plain success with a JSON body.
    init(json: String) {
        status = 200
        code = nil
        body = Array(json.utf8)
    }

    /// Writes the whole answer.
    func write(closes: Bool, withoutBody: Bool, recordID: RecordID?, to output: inout ByteBuffer) {
        output.writeString("HTTP/1.1 \(status) \(Self.phrase(status))\r\n")
        output.writeString("Content-Type: application/json\r\nContent-Length: \(body.count)\r\n")
        if let code { output.writeString("X-Inferometer-Error: \(code.rawValue)\r\n") }
        if let recordID { output.writeString("X-Inferometer-Record: \(recordID)\r\n") }
        output.writeStaticString(closes ? "Connection: close\r\n\r\n" : "\r\n")
        if !withoutBody { output.writeBytes(body) }
    }

    private static func phrase(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}

extension APIDialect {
    /// The family that a path belongs to; OpenAI's where it is none's.
    init(path: UnsafeRawBufferPointer) {
        if path.starts(with: "/v1/messages".utf8) {
            self = .anthropic
        } else if path.starts(with: "/api/".utf8) {
            self = .ollama
        } else {
            self = .openAI
        }
    }
}
