// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import InferenceWire
import TelemetryCore
import TelemetryTesting
import Testing

@testable import TelemetryProxy

/// Every captured answer of a real engine, fetched directly and through the proxy: the client sees the same.
@Suite(.timeLimit(.minutes(5)))
struct ProxyCapturesTests {
    /// What differs by design. `Content-Length` goes where an event is taken out of a body; nothing captured has that.
    static let differences = [
        "hop-by-hop fields (Connection, Keep-Alive, Transfer-Encoding) are those of the client's own connection",
        "X-Inferometer-Record is added to metered answers",
        "the usage event is taken out of a stream whose client did not ask for it",
    ]

    private static let hopByHop: Set = ["connection", "keep-alive", "transfer-encoding", "x-inferometer-record"]

    static let captures: [CapturedExchange] = {
        let folder =
            ProcessInfo.processInfo.environment["INFEROMETER_CAPTURES"]
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("InferenceWireTests/Fixtures/captures").path
        return (try? CaptureFolder(path: folder))?.exchanges ?? []
    }()

    private func fetch(_ index: Int, port: Int) async throws -> HTTPMessage {
        let request = Self.captures[index].request
        let connection = try await RawConnection.connect(port: port)
        try await connection.send(
            Array(
                ("\(request.method) \(request.path) HTTP/1.1\r\nHost: localhost\r\nX-Capture: \(index)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(request.body.count)\r\n\r\n").utf8
            ) + request.body
        )
        let whole = Self.captures[index].isWhole
        let answer = try await whole ? connection.answer(hasBody: request.method != "HEAD") : connection.cutAnswer()
        await connection.close()
        return answer
    }

    @Test func thereAreCaptures() {
        #expect(Self.captures.count > 100)
        print("Differences by design:", Self.differences.joined(separator: "; "))
    }

    @Test(arguments: [false, true])
    func everyCaptureArrivesAsFetchedDirectly(observeOnly: Bool) async throws {
        try await ReplayServer.with(Self.captures, pace: 0.02) { server in
            let upstream = try UpstreamConfiguration(url: "http://127.0.0.1:\(server.port)")
            try await withProxy(before: [upstream], configuration: settings { $0.observeOnly = observeOnly }) { proxy in
                var metered = 0
                for index in Self.captures.indices {
                    let capture = Self.captures[index]
                    let direct = try await fetch(index, port: server.port)
                    let proxied = try await fetch(index, port: proxy.port)
                    #expect(proxied.start == direct.start, "\(capture.name)")
                    #expect(proxied.body == direct.body, "\(capture.name)")
                    let kept = direct.fields.filter { !Self.hopByHop.contains($0.name.lowercased()) }
                    let passed = proxied.fields.filter { !Self.hopByHop.contains($0.name.lowercased()) }
                    #expect(passed.map(\.name) == kept.map(\.name), "\(capture.name)")
                    #expect(passed.map(\.value) == kept.map(\.value), "\(capture.name)")
                    guard MeteredRoute(method: capture.request.method, path: capture.request.path) != nil else {
                        #expect(proxied.field("X-Inferometer-Record") == nil, "\(capture.name)")
                        continue
                    }
                    metered += 1
                    let record = await proxy.sink.records(count: metered)[metered - 1]
                    #expect(proxied.field("X-Inferometer-Record") == record.id.description, "\(capture.name)")
                    #expect(record.result.httpStatus == capture.status, "\(capture.name)")
                }
                #expect(proxy.sink.records.count == metered)
                #expect(proxy.proxy.counters.callsInFlight == 0)
            }
        }
    }
}

extension RawConnection {
    /// Reads an answer that is cut off: its body as far as it came.
    fileprivate func cutAnswer() async throws -> HTTPMessage {
        var message = HTTPMessage(head: try await receive(until: "\r\n\r\n"))
        if message.field("Transfer-Encoding")?.lowercased() == "chunked" {
            while let chunk = try? await chunk() { message.body += chunk }
        } else {
            message.body = await rest().bytes
        }
        return message
    }
}
