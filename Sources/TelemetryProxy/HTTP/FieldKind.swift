// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The header fields that the proxy itself reads or treats apart.
enum FieldKind: UInt8 {
    case other
    case host
    case contentLength
    case transferEncoding
    case connection
    case keepAlive
    case proxyConnection
    case proxyAuthorization
    case te
    case upgrade
    case expect
    case acceptEncoding
    case contentType
    case contentEncoding
    case recordID
    case tagAgent
    case tagSession
    case tagBatch
    case tagWarmup
    case tagMeta

    /// Recognises a field by its name, whatever its case.
    init(name: UnsafeRawBufferPointer) {
        self = Self.byLength(name) ?? .other
    }

    /// Whether a field of this kind belongs to one connection only, so that it is never passed on as it is.
    var isHopByHop: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .proxyAuthorization, .te, .upgrade: true
        default: false
        }
    }

    /// Whether a field of this kind is a tag for the record.
    var isTag: Bool {
        switch self {
        case .tagAgent, .tagSession, .tagBatch, .tagWarmup, .tagMeta: true
        default: false
        }
    }

    private static func byLength(_ name: UnsafeRawBufferPointer) -> FieldKind? {
        switch name.count {
        case 2: name.matches("te") ? .te : nil
        case 4: name.matches("host") ? .host : nil
        case 6: name.matches("expect") ? .expect : nil
        case 7: name.matches("upgrade") ? .upgrade : nil
        case 10: name.matches("connection") ? .connection : name.matches("keep-alive") ? .keepAlive : nil
        case 12: name.matches("content-type") ? .contentType : nil
        case 14: name.matches("content-length") ? .contentLength : nil
        case 15: name.matches("accept-encoding") ? .acceptEncoding : nil
        case 16:
            name.matches("content-encoding")
                ? .contentEncoding : name.matches("proxy-connection") ? .proxyConnection : nil
        case 17: name.matches("transfer-encoding") ? .transferEncoding : nil
        case 19 where name.matches("proxy-authorization"): .proxyAuthorization
        case 19...: ours(name)
        default: nil
        }
    }

    private static func ours(_ name: UnsafeRawBufferPointer) -> FieldKind? {
        guard UnsafeRawBufferPointer(rebasing: name[..<14]).matches("x-inferometer-") else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: name[14...])
        if rest.matches("record") { return .recordID }
        if rest.matches("agent") { return .tagAgent }
        if rest.matches("session") { return .tagSession }
        if rest.matches("batch") { return .tagBatch }
        if rest.matches("warmup") { return .tagWarmup }
        if rest.count > 5, UnsafeRawBufferPointer(rebasing: rest[..<5]).matches("meta-") { return .tagMeta }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are a text, whatever the case of its letters; the text is in lower case.
    func matches(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let text = lowercase.utf8Start
        for index in 0..<count where self[index].lowercasedASCII != text[index] {
            return false
        }
        return true
    }

    /// The part of the bytes in a range, with indices from 0.
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }
}

extension UInt8 {
    /// The letter in lower case; any other byte as it is.
    @inline(__always)
    var lowercasedASCII: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }

    /// Whether the byte may stand in a token, such as a method or a field's name (RFC 9110, section 5.6.2).
    @inline(__always)
    var isTokenByte: Bool {
        if lowercasedASCII &- 0x61 < 26 || self &- 0x30 < 10 { return true }
        switch self {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: return true
        default: return false
        }
    }

    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let colon: UInt8 = 0x3A
    static let comma: UInt8 = 0x2C
    static let slash: UInt8 = 0x2F
}
