// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Records in the order of time, read page by page: memory does not grow with their number.
public struct TelemetryRecords: AsyncSequence, Sendable {
    /// One record.
    public typealias Element = TelemetryRecord
    /// Why the next page cannot be read.
    public typealias Failure = TelemetryStoreError

    private let source: ReadSource
    private let filter: CallFilter

    init(source: ReadSource, filter: CallFilter) {
        self.source = source
        self.filter = filter
    }

    /// Starts at the oldest record.
    public func makeAsyncIterator() -> Iterator {
        Iterator(source: source, filter: filter)
    }

    /// Goes through the records once.
    public struct Iterator: AsyncIteratorProtocol {
        private let source: ReadSource
        private let filter: CallFilter
        private var place: PagePlace?
        private var page: [(PagePlace, TelemetryRecord)] = []
        private var next = 0
        private var isDone = false
        private static let pageSize = 500

        fileprivate init(source: ReadSource, filter: CallFilter) {
            self.source = source
            self.filter = filter
        }

        /// The next record, or nothing after the last.
        public mutating func next() async throws(TelemetryStoreError) -> TelemetryRecord? {
            if next == page.count {
                guard !isDone else { return nil }
                try await turnPage()
                guard !page.isEmpty else { return nil }
            }
            defer { next += 1 }
            return page[next].1
        }

        private mutating func turnPage() async throws(TelemetryStoreError) {
            let start = try await startingPlace()
            let filter = filter
            page = try await source.read(else: []) { database in
                try CallReader(database).page(Self.pageSize, after: start, filter: filter)
            }
            next = 0
            place = page.last?.0 ?? start
            isDone = page.count < Self.pageSize
        }

        private func startingPlace() async throws(TelemetryStoreError) -> PagePlace {
            if let place { return place }
            return try await source.read(else: PagePlace(last: 0)) { database in
                PagePlace(last: try CallReader(database).lastNumber())
            }
        }
    }
}
