// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// What a server answered when it was asked what it is.
public struct ProbeAnswer: Sendable, Hashable {
    /// The path that was asked for.
    public var path: String
    /// The status of the answer.
    public var status: Int
    /// The value of the header `Server`, if there is one.
    public var server: String?
    /// The first bytes of the body.
    public var body: [UInt8]

    /// Creates an answer.
    public init(path: String, status: Int, server: String? = nil, body: [UInt8] = []) {
        self.path = path
        self.status = status
        self.server = server
        self.body = body
    }
}
