// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A server on a free port of the loopback address that gives each connection the same bytes and closes it.
final class OneAnswerServer: Sendable {
    struct Failure: Error {}

    /// Host and port.
    let address: String
    private let listener: Int32

    init(sending bytes: [UInt8]) throws {
        let (listener, port) = try Self.bound()
        self.listener = listener
        address = "127.0.0.1:\(port)"
        guard listen(listener, 8) == 0 else { throw Failure() }
        let thread = Thread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                Self.answer(connection, bytes)
            }
            // Here and not in `deinit`: its number would be the next server's while this thread still asks for it.
            close(listener)
        }
        thread.start()
    }

    deinit {
        // Wakes the thread out of its wait, so that it ends with the server.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// An address at which nobody listens.
    static func unusedAddress() throws -> String {
        let (socket, port) = try bound()
        close(socket)
        return "127.0.0.1:\(port)"
    }

    private static func answer(_ connection: Int32, _ bytes: [UInt8]) {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !isWhole(request) {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            request += buffer[..<count]
        }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        close(connection)
    }

    /// Whether a request has come: its head, and as much of a body as the head says.
    static func isWhole(_ request: [UInt8]) -> Bool {
        let text = String(decoding: request, as: UTF8.self).lowercased()
        guard let head = text.range(of: "\r\n\r\n") else { return false }
        let length = text.range(of: "content-length: ")
            .flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
        return text[head.upperBound...].utf8.count >= length ?? 0
    }

    static func bound() throws -> (socket: Int32, port: UInt16) {
        #if os(Linux)
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let socket = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure() }
        return (socket, UInt16(bigEndian: name.sin_port))
    }
}
