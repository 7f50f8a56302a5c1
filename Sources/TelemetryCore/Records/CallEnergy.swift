// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// A call's share of the machine's energy.
public struct CallEnergy: Sendable, Hashable {
    /// Dynamic energy plus the amortised part of idle.
    public var total: Energy?
    /// The part that the call caused.
    public var dynamic: Energy?
    /// The part of the idle power that falls on the call.
    public var idle: Energy?
    /// How far the total can be from the truth, either way.
    public var bound: Energy?
    /// From the send to the first token; absent where the call was not streamed.
    public var prefill: Energy?
    /// From the first token to the last; absent where the call was not streamed.
    public var decode: Energy?
    /// The part of CPU packages.
    public var cpu: Energy?
    /// The part of GPUs.
    public var gpu: Energy?
    /// The part of memory beside the packages.
    public var dram: Energy?
    /// The part of Apple's neural engine.
    public var ane: Energy?
    /// The highest power of the devices while the call ran.
    public var peakPower: Power?
    /// How it was measured: `hw_counter`, `rapl`, `polling`, `estimated`, and what an imported row says.
    public var method: String?
    /// Whose sensor it was: `nvidia`, `amd`, `intel`, `apple`, `cpu_rapl`, `jetson`.
    public var vendor: String?
    /// Whether the devices were the call's own: `exclusive` or `shared(n)`, n the most at once.
    public var sharing: String?
    /// Why the energy is absent.
    public var reason: String?
    /// The devices that the energy is of.
    public var devices: [String] = []

    /// Creates a share of which nothing is known.
    public init() {}

    /// Creates an absent share with its reason.
    public init(absent reason: String) {
        self.reason = reason
    }

    /// A share that is still to come: the sensors have not yet published what was used up to the call's end.
    public static let pending = CallEnergy(absent: "pending")

    /// Whether the share is still to come.
    public var isPending: Bool {
        reason == Self.pending.reason && total == nil
    }
}

/// What the devices did while a call ran.
public struct DeviceUse: Sendable, Hashable {
    /// Mean utilisation of the GPUs, in percent.
    public var utilizationPercent: Double?
    /// Memory in use on the GPUs, in gigabytes (10^9 bytes).
    public var memoryUsedGigabytes: Double?
    /// Mean temperature of the GPUs, in degrees Celsius.
    public var temperatureCelsius: Double?

    /// Creates a reading of which nothing is known.
    public init() {}
}

/// What a call cost.
public struct CallPrice: Sendable, Hashable {
    /// The price by the token, in US dollars; 0 where the engine is a person's own, absent where no price is known.
    public var costUSD: Double?
    /// Which price applied: `local`, or the table's name and date.
    public var source: String?
    /// The cost of its electricity, in the tariff's currency.
    public var electricityCost: Double?
    /// The carbon of its electricity, in grams of CO2 equivalent.
    public var carbonGrams: Double?

    /// Creates a price of which nothing is known.
    public init() {}
}

/// Ratios and sums that an imported row gives though the parts they follow from are missing in it.
public struct GivenRatios: Sendable, Hashable {
    /// `total_tokens`, where it is not the sum of input and output.
    public var totalTokens: Int?
    /// `power_watts`.
    public var power: Power?
    /// `throughput_tok_per_sec`.
    public var tokensPerSecond: Double?
    /// `tokens_per_joule`.
    public var tokensPerJoule: Double?
    /// `energy_per_output_token_joules`.
    public var joulesPerOutputToken: Double?
    /// `throughput_per_watt`.
    public var tokensPerSecondPerWatt: Double?
    /// `prefill_latency_seconds`.
    public var prefillLatency: Duration?
    /// `decode_latency_seconds`.
    public var decodeLatency: Duration?

    /// Creates ratios of which none is given.
    public init() {}

    /// Whether none is given.
    public var isEmpty: Bool {
        self == GivenRatios()
    }
}
