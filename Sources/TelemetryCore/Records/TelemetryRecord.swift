// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// All that is known about one call to an engine.
///
/// What was not measured is `nil`, never zero. The nested values each carry where their numbers come from.
public struct TelemetryRecord: Sendable, Hashable {
    /// The record's identity, unique over all machines.
    public var id: RecordID
    /// When the request arrived.
    public var timestamp: WallTime
    /// Who asked whom for what.
    public var identity: CallIdentity
    /// How the call ended.
    public var result: CallResult
    /// What went in and came out.
    public var tokens: TokenCounts
    /// How long each part took.
    public var timing: CallTiming
    /// What the call's share of the machine's energy was.
    public var energy: CallEnergy
    /// What the devices did meanwhile.
    public var device: DeviceUse
    /// What the call cost.
    public var price: CallPrice
    /// Derived values that a source gave though their parts are missing; absent in records of our own.
    public var given: GivenRatios
    /// The version of the rules by which the numbers were made; absent in imported rows that name none.
    public var methodologyVersion: Int?
    /// The version of how tokens are counted, which the seed began to number; absent in rows from before, and in our own, whose methodology says it.
    public var tokenCountingVersion: Int?
    /// The mining session of an imported row, which only the `telemetry` view shows.
    public var miningSessionID: String?

    /// Creates a record of which only identity and time are known.
    public init(
        id: RecordID,
        timestamp: WallTime,
        identity: CallIdentity = CallIdentity(),
        result: CallResult = CallResult(),
        tokens: TokenCounts = TokenCounts(),
        timing: CallTiming = CallTiming(),
        energy: CallEnergy = CallEnergy(),
        device: DeviceUse = DeviceUse(),
        price: CallPrice = CallPrice()
    ) {
        self.id = id
        self.timestamp = timestamp
        self.identity = identity
        self.result = result
        self.tokens = tokens
        self.timing = timing
        self.energy = energy
        self.device = device
        self.price = price
        given = GivenRatios()
    }

    /// The version that records made by this release carry.
    public static let currentMethodologyVersion = 1
    /// The version of token counting that records made by this release carry: the engine's usage first.
    public static let currentTokenCountingVersion = 2
}
