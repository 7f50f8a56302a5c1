// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A subscription to energy channels, and the reading of their samples.
///
/// Whatever a function with `Copy` or `Create` in its name returns is ours to release; what a `Get` returns is not.
struct IOReportSession: Sendable {
    /// What one channel said in a sample.
    struct Entry: Sendable, Hashable {
        let name: String
        let unit: String
        let value: Int64
        /// The mach time at which the value was published, if the channel says.
        let stamp: UInt64?
    }

    private let functions: IOReportFunctions
    private let channels: FoundationReference
    private let subscribed: FoundationReference
    private let subscription: FoundationReference
    private let keys: Keys

    /// The names by which dictionaries are asked, made once.
    private struct Keys: Sendable {
        let channels: FoundationReference
        let elements: FoundationReference
    }

    /// Which channels the system offers in the group of energies; nothing if it has no such group.
    static func offered(_ functions: IOReportFunctions) -> [(name: String, unit: String)]? {
        guard let channels = copyChannels(functions) else { return nil }
        defer { functions.release(channels) }
        let key = functions.string("IOReportChannels")
        defer { functions.release(key) }
        return functions.elements(of: channels, under: key).map { channel in
            (functions.text(functions.channelName(channel)), functions.text(functions.unitLabel(channel)))
        }
    }

    /// Subscribes to some of the channels: a sample of all of them takes milliseconds, of these few much less.
    ///
    /// Fails if the system refuses.
    init?(_ functions: IOReportFunctions, names: Set<String>) {
        guard let all = Self.copyChannels(functions) else { return nil }
        defer { functions.release(all) }
        let keys = Keys(
            channels: functions.string("IOReportChannels"),
            elements: functions.string("RawElements")
        )
        let chosen = functions.copyDictionary(0, 0, all)
        Self.keep(names, of: chosen, under: keys.channels, functions)
        var subscribed: FoundationReference = 0
        let subscription = functions.subscribe(0, chosen, &subscribed, 0, 0)
        guard subscription != 0 else {
            for reference in [chosen, keys.channels, keys.elements] { functions.release(reference) }
            return nil
        }
        self.functions = functions
        self.keys = keys
        self.subscription = subscription
        self.subscribed = subscribed
        channels = chosen
    }

    /// Takes a sample; nothing if the system gives none.
    func sample() -> [Entry]? {
        let sample = functions.sample(subscription, subscribed == 0 ? channels : subscribed, 0)
        guard sample != 0 else { return nil }
        defer { functions.release(sample) }
        return functions.elements(of: sample, under: keys.channels).map { channel in
            Entry(
                name: functions.text(functions.channelName(channel)),
                unit: functions.text(functions.unitLabel(channel)),
                value: functions.integerValue(channel, 0),
                stamp: stamp(of: channel)
            )
        }
    }

    /// Ends the subscription.
    ///
    /// Nothing may be sampled after it.
    ///
    /// What the system gave back as the subscribed channels stays: whether it is ours to release is not documented.
    func close() {
        for reference in [subscription, channels, keys.channels, keys.elements] { functions.release(reference) }
    }

    /// The time stamp of the kernel's element: behind provider, channel number and channel type, eight bytes each.
    private func stamp(of channel: FoundationReference) -> UInt64? {
        let data = functions.value(channel, keys.elements)
        let offset = 24
        guard data != 0, functions.typeOf(data) == functions.dataType(), functions.byteCount(data) >= offset + 8,
            let bytes = functions.bytes(data)
        else { return nil }
        let stamp = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return stamp == 0 ? nil : stamp
    }

    private static func copyChannels(_ functions: IOReportFunctions) -> FoundationReference? {
        let group = functions.string("Energy Model")
        defer { functions.release(group) }
        let channels = functions.copyChannels(group, 0, 0, 0, 0)
        return channels == 0 ? nil : channels
    }

    private static func keep(
        _ names: Set<String>,
        of dictionary: FoundationReference,
        under key: FoundationReference,
        _ functions: IOReportFunctions
    ) {
        let all = functions.value(dictionary, key)
        guard all != 0, functions.typeOf(all) == functions.arrayType() else { return }
        let kept = functions.copyArray(0, 0, all)
        for index in (0..<functions.count(kept)).reversed() {
            let name = functions.text(functions.channelName(functions.element(kept, index)))
            if !names.contains(name) { functions.removeElement(kept, index) }
        }
        functions.setValue(dictionary, key, kept)
        functions.release(kept)
    }
}

extension IOReportFunctions {
    private static let utf8: UInt32 = 0x0800_0100

    /// A string, which the caller releases.
    func string(_ text: String) -> FoundationReference {
        makeString(0, text, Self.utf8)
    }

    /// The text of a string; empty where there is none.
    func text(_ reference: FoundationReference) -> String {
        guard reference != 0 else { return "" }
        var buffer = [CChar](repeating: 0, count: 256)
        guard readString(reference, &buffer, buffer.count, Self.utf8) != 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The elements of the array under a key, not retained; none where there is no such array.
    func elements(of dictionary: FoundationReference, under key: FoundationReference) -> [FoundationReference] {
        let array = value(dictionary, key)
        guard array != 0, typeOf(array) == arrayType() else { return [] }
        return (0..<count(array)).map { element(array, $0) }.filter { $0 != 0 }
    }

    /// Nanoseconds in so many ticks of mach time, saturating.
    func nanoseconds(ticks: UInt64) -> Int64 {
        var words: [UInt32] = [1, 1]
        guard machTimebase(&words) == 0, words[1] != 0 else { return Int64(clamping: ticks) }
        let product = UInt128(ticks) * UInt128(words[0]) / UInt128(words[1])
        return Int64(clamping: product)
    }
}
