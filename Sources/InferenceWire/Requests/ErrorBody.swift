// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Bodies of the error answers that we make ourselves, in the shape of the API that was called.
package enum ErrorBody {
    /// The body for a dialect: `code` is our own short word, `status` the HTTP status it goes out with.
    package static func json(dialect: APIDialect, code: String, message: String, status: Int) -> [UInt8] {
        var text = ""
        switch dialect {
        case .openAI:
            text += "{\"error\":{\"message\":"
            JSONText.appendString(message, to: &text)
            text += ",\"type\":\"\(type(for: status))\",\"code\":"
            JSONText.appendString(code, to: &text)
            text += "}}"
        case .anthropic:
            text += "{\"type\":\"error\",\"error\":{\"type\":\"\(type(for: status))\",\"message\":"
            JSONText.appendString(message, to: &text)
            text += "}}"
        case .ollama:
            text += "{\"error\":"
            JSONText.appendString(message, to: &text)
            text += "}"
        }
        return Array(text.utf8)
    }

    // The words that both OpenAI's and Anthropic's clients know.
    private static func type(for status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 400..<500: "invalid_request_error"
        default: "api_error"
        }
    }
}
