// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What the first bytes of a file say, read without opening it as a database, so that nothing of it can change.
///
/// Source: SQLite file format, section 1.3: the magic text, `user_version` at 60, `application_id` at 68, big-endian.
struct DatabaseHeader: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// There is no file.
        case missing
        /// A file of no bytes.
        case empty
        /// No database of SQLite.
        case other
        /// A database with these marks.
        case database(applicationID: Int32, userVersion: Int32)
    }

    var kind: Kind

    /// Reads the header of a file.
    init(path: String) throws(TelemetryStoreError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw .reading(path, errno) }
            self.init(kind: .missing)
            return
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count >= 0 else { throw .reading(path, errno) }
        self.init(bytes: bytes.prefix(count))
    }

    init(kind: Kind) {
        self.kind = kind
    }

    init(bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if bytes.isEmpty {
            kind = .empty
        } else if bytes.count >= 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) {
            kind = .database(
                applicationID: Self.number(bytes[68..<72]),
                userVersion: Self.number(bytes[60..<64])
            )
        } else {
            kind = .other
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int32 {
        Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }
}

extension TelemetryStoreError {
    /// A file that cannot be read, by the system's own number.
    static func reading(_ path: String, _ number: Int32) -> TelemetryStoreError {
        TelemetryStoreError(
            code: .unreadable,
            message: "\(path) cannot be read: \(String(cString: strerror(number))). Check its owner and mode."
        )
    }
}

/// Files and directories, by the calls of the system.
enum FileSystem {
    /// Makes an empty file of mode 0600 and the directories it needs; what is there already is left as it is.
    ///
    /// SQLite gives its own files beside a database the database's mode.
    static func makeFile(_ path: String) throws(TelemetryStoreError) {
        try makeDirectory(of: path)
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            guard errno == EEXIST else { throw writing(path, errno) }
            return
        }
        // The mode given to `open` is cut by the umask only; nothing is added to it.
        close(file)
    }

    private static func makeDirectory(of path: String) throws(TelemetryStoreError) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let directory = String(path[..<slash])
        var status = stat()
        if directory.isEmpty || stat(directory, &status) == 0 { return }
        try makeDirectory(of: directory)
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw writing(directory, errno) }
    }

    /// The size of a file in bytes, or nothing if it is not there.
    static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The size and time of change of a file, to see whether it changed meanwhile.
    static func fingerprint(of path: String) -> [UInt8]? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        // The time's bytes as such: its members are not visible in an optimised build (Swift 6.3).
        return withUnsafeBytes(of: (status.st_size, status.st_ino)) { Array($0) }
            + withUnsafeBytes(of: time) { Array($0) }
    }

    /// Whether this process may write to a file.
    static func isWritable(_ path: String) -> Bool {
        access(path, W_OK) == 0
    }

    static func notWritable(_ path: String) -> TelemetryStoreError {
        writing(path, EACCES)
    }

    /// Why a file cannot be written, by the system's own number.
    static func writing(_ path: String, _ number: Int32) -> TelemetryStoreError {
        let code: TelemetryStoreError.Code =
            switch number {
            case EROFS, EACCES, EPERM: .readOnly
            case ENOSPC, EDQUOT: .full
            default: .failed
            }
        return TelemetryStoreError(
            code: code,
            message:
                "\(path) cannot be written: \(String(cString: strerror(number))). Name another place with --database."
        )
    }
}
