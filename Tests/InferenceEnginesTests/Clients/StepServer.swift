// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A server that answers each connection step by step, as engines in trouble do, and tells what it saw of the client.
final class StepServer: Sendable {
    /// What the server does next.
    enum Step: Sendable {
        /// Sends a text.
        case send(String)
        /// Waits for ``StepServer/release()``.
        case hold
        /// Waits until the client closes the connection.
        case awaitClient
        /// Breaks the connection off.
        case reset
    }

    private struct State {
        var requests: [String] = []
        var departures = 0
    }

    /// Host and port.
    let address: String
    private let listener: Int32
    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    /// Answers every connection by the same steps and closes it after the last.
    init(_ steps: [Step]) throws {
        let (listener, port) = try OneAnswerServer.bound()
        self.listener = listener
        address = "127.0.0.1:\(port)"
        guard listen(listener, 8) == 0 else { throw OneAnswerServer.Failure() }
        let thread = Thread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { break }
                self.play(steps, on: connection)
            }
            // Here and not in `deinit`: its number would be the next server's while this thread still asks for it.
            close(listener)
        }
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// The requests so far, head and body.
    var requests: [String] { state.withLock { $0.requests } }
    /// How often a client left while the server waited for it to.
    var departures: Int { state.withLock { $0.departures } }

    /// Lets one connection that holds go on.
    func release() {
        gate.signal()
    }

    /// The JSON object of the last request's body.
    func lastBody() throws -> [String: Any] {
        guard let request = requests.last, let head = request.range(of: "\r\n\r\n"),
            let object = try JSONSerialization.jsonObject(with: Data(request[head.upperBound...].utf8))
                as? [String: Any]
        else { throw OneAnswerServer.Failure() }
        return object
    }

    private func play(_ steps: [Step], on connection: Int32) {
        // So that a test which fails does not leave a thread that waits for ever.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        readRequest(connection)
        for step in steps {
            switch step {
            case .send(let text): Self.send(Array(text.utf8), on: connection)
            case .hold: _ = gate.wait(timeout: .now() + 20)
            case .awaitClient:
                var byte: UInt8 = 0
                if recv(connection, &byte, 1, 0) <= 0 { state.withLock { $0.departures += 1 } }
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            }
        }
        close(connection)
    }

    private func readRequest(_ connection: Int32) {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !OneAnswerServer.isWhole(request) {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            request += buffer[..<count]
        }
        let text = String(decoding: request, as: UTF8.self)
        state.withLock { $0.requests.append(text) }
    }

    private static func send(_ bytes: [UInt8], on connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}

/// Answers in the framing of HTTP.
enum HTTPText {
    /// The head of an answer that ends by closing.
    static func head(_ type: String = "text/event-stream", extra: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n\(extra)Connection: close\r\n\r\n"
    }

    /// The head of an answer in chunks.
    static let chunkedHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// One chunk.
    static func chunk(_ text: String) -> String {
        String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"
    }

    /// One event with a piece of text.
    static func event(_ text: String) -> String {
        #"data: {"model":"m","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# + "\n\n"
    }

    /// The event that ends an answer.
    static let lastEvent =
        #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"

    /// A whole answer of known length.
    static func whole(_ body: String, status: String = "200 OK", extra: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(extra)Content-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
    }
}
