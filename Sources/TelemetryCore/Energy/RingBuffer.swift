// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The last so many elements, in order; storage grows as it is needed.
struct RingBuffer<Element: Sendable>: Sendable {
    let capacity: Int
    private var storage: [Element] = []
    private var head = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    var count: Int { storage.count }
    var isEmpty: Bool { storage.isEmpty }
    var first: Element? { isEmpty ? nil : self[0] }
    var last: Element? { isEmpty ? nil : self[count - 1] }

    /// The element at a place, 0 for the oldest that is kept.
    subscript(place: Int) -> Element {
        let index = head + place
        return storage[index < storage.count ? index : index - storage.count]
    }

    /// Adds an element, and drops the oldest if there are too many.
    mutating func append(_ element: Element) {
        guard storage.count == capacity else {
            straighten()
            storage.append(element)
            return
        }
        storage[head] = element
        head = head + 1 == capacity ? 0 : head + 1
    }

    /// Drops the newest element.
    mutating func removeLast() {
        straighten()
        storage.removeLast()
    }

    /// Puts an element in the newest one's place; does nothing where there is none.
    mutating func replaceLast(with element: Element) {
        guard !isEmpty else { return }
        let index = head + count - 1
        storage[index < storage.count ? index : index - storage.count] = element
    }

    /// Puts other elements in place of all, oldest first; no more than there is room for.
    mutating func replaceAll(with elements: [Element]) {
        storage = Array(elements.suffix(capacity))
        head = 0
    }

    /// The number of elements before the first for which the condition fails; it must hold for a prefix only.
    func partition(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Puts the oldest element first in storage; costs nothing while the ring has not gone round.
    private mutating func straighten() {
        guard head != 0 else { return }
        storage = Array(storage[head...]) + Array(storage[..<head])
        head = 0
    }
}
