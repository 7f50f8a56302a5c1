// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import NIOCore
import TelemetryCore

/// Watches one metered call and makes its record.
///
/// A class, because it is large and only metered calls have one: inside its exchange it would be copied and cleared
/// with each.
final class CallMeter {
    private(set) var id: RecordID
    private let arrivedAt: WallTime
    private let route: MeteredRoute
    private var identity: CallIdentity
    private(set) var facts: RequestFacts
    private var wasSent = false
    private var sentAt: MonotonicInstant
    private var decoder: AnswerDecoder?
    private var body = BodyReader.plain
    private var status: Int?
    private var isMalformed = false
    private var energy: EnergyTap?
    private var events: EventTap

    init(
        id: RecordID,
        arrivedAt: WallTime,
        instant: MonotonicInstant,
        route: MeteredRoute,
        identity: CallIdentity,
        energy: (any CallEnergyMeter)?,
        bus: EventBus
    ) {
        events = EventTap(bus, id: id)
        self.energy = energy.map { EnergyTap($0, id: id) }
        self.id = id
        self.arrivedAt = arrivedAt
        self.route = route
        self.identity = identity
        sentAt = instant
        facts = UnsafeRawBufferPointer(start: nil, count: 0).facts(on: route)
    }

    /// Reads what the request's whole body says.
    func readRequest(_ held: ByteBuffer) {
        facts = held.withUnsafeReadableBytes { RequestFacts(body: $0, route: route) }
        identity.requestedModel = facts.model
        identity.isStreaming = facts.isStreaming
    }

    /// The change that makes the engine count, where the request allows one.
    func splice(_ held: ByteBuffer) -> RequestSplice? {
        guard facts.isStreaming else { return nil }
        return held.withUnsafeReadableBytes { RequestSplice.askingForUsage(body: $0, route: route) }
    }

    /// Begins the measurement anew: what is sent last is what is measured.
    func sent(at instant: MonotonicInstant, to upstream: Upstream) {
        energy?.sent(at: instant, promptBytes: facts.promptBytes, upstream: upstream)
        events.sent(at: instant, identity)
        wasSent = true
        sentAt = instant
        decoder = nil
        status = nil
    }

    /// Takes the head of the answer.
    func answered(_ head: borrowing AnswerHead) {
        status = head.status
        decoder = AnswerDecoder(
            route: route,
            request: facts,
            status: head.status,
            contentType: head.text(.contentType),
            sentAt: sentAt
        )
        body = BodyReader(encoding: head.text(.contentEncoding))
        adoptIdentity(of: head)
    }

    /// Takes bytes of the answer's body, at the ranges that are payload.
    func consume(_ buffer: ByteBuffer, _ payload: [Range<Int>], at instant: MonotonicInstant) {
        guard decoder != nil, !payload.isEmpty else { return }
        buffer.withUnsafeReadableBytes { bytes in
            for range in payload {
                body.read(bytes.part(range)) { decoder?.consume($0, at: instant) }
            }
        }
        if energy?.awaitsFirstToken == true, let seen = decoder?.observation { energy?.look(at: seen) }
        if events.awaitsFirstToken, let seen = decoder?.observation { events.look(at: seen) }
    }

    /// Tells the energy meter and the bus that the call is over; its record must be with the sink.
    func tellEnd(_ record: TelemetryRecord, at instant: MonotonicInstant) {
        energy?.end(at: instant)
        events.ended(record, at: instant)
    }

    /// Notes that what came is not HTTP.
    func foundMalformed() {
        isMalformed = true
    }

    /// Makes the record of the call, which is over.
    func record(
        end: CallEnd,
        cleanly: Bool,
        at instant: MonotonicInstant,
        upstream: Upstream,
        price: PriceSource
    ) -> TelemetryRecord {
        decoder?.finish(at: instant, cleanly: cleanly)
        var observation = decoder?.observation ?? InferenceObservation(sentAt: sentAt)
        observation.endedAt = wasSent ? instant : nil
        if isMalformed { observation.isMalformed = true }
        if body.isOpaque { observation.forget(reachedEnd: cleanly) }
        identity.model = observation.model ?? identity.requestedModel
        let call = CompletedCall(
            id: id,
            arrivedAt: arrivedAt,
            identity: identity,
            observation: observation,
            status: status,
            end: end,
            choices: facts.choices
        )
        return TelemetryRecord(
            completing: call,
            price: Self.price(identity, observation.usage, upstream, price),
            energy: energy?.share(recordedAs: id) ?? CallEnergy(absent: unmetered(at: upstream))
        )
    }

    /// Why a call has no energy where nothing meters it.
    private func unmetered(at upstream: Upstream) -> String {
        guard wasSent else { return "never sent" }
        return upstream.configuration.isLocal ? "no meter" : "remote"
    }

    /// An answer that another recorder has already given an identity keeps it, so that no call counts twice.
    private func adoptIdentity(of head: borrowing AnswerHead) {
        if let text = head.text(.recordID), let known = RecordID(text) { id = known }
    }

    private static func price(
        _ identity: CallIdentity,
        _ usage: TokenUsage?,
        _ upstream: Upstream,
        _ source: PriceSource
    ) -> CallPrice {
        guard !upstream.isOwn else {
            var price = CallPrice()
            price.costUSD = 0
            price.source = "local"
            return price
        }
        guard let usage else { return CallPrice() }
        return source(identity, usage)
    }
}

extension UnsafeRawBufferPointer {
    /// What a request's body says.
    fileprivate func facts(on route: MeteredRoute) -> RequestFacts {
        RequestFacts(body: self, route: route)
    }
}

extension InferenceObservation {
    /// Drops the judgement on a body that could not be read; whether it came whole is all that is known.
    fileprivate mutating func forget(reachedEnd: Bool) {
        self.reachedEnd = reachedEnd
        isMalformed = false
        usage = nil
    }
}
