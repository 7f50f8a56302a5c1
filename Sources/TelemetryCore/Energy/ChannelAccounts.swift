// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// Where the energy of one channel went over a span of time.
///
/// `measured` is `attributed + idle + foreign + residual` to the nanojoule, an unknown part counting for nothing: its
/// energy is in the parts that are known.
public struct ChannelAccounts: Sendable, Hashable {
    /// Whose sensor it is: an ``EnergyVendor``, or what a later release calls it.
    public var vendor: String
    /// The device's identifier: a UUID, else a bus address or a path.
    public var device: String
    /// An ``EnergyDomain``, or what a later release calls it.
    public var domain: String
    /// What the sensor measured.
    public var measured = Energy.zero
    /// What calls were given, their part of idle energy included where it is amortised.
    public var attributed = Energy.zero
    /// What the device drew without working for anyone known; absent where idle power was never known.
    public var idle: Energy?
    /// What other processes caused; absent where the engines' processes were never known.
    public var foreign: Energy?
    /// What rounding and gaps left.
    public var residual = Energy.zero
    /// The time in which nothing was measured.
    public var gap = Duration.zero

    /// Creates accounts in which nothing was measured.
    public init(vendor: String, device: String, domain: String) {
        self.vendor = vendor
        self.device = device
        self.domain = domain
    }
}

extension Sequence<ChannelAccounts> {
    /// One account over all channels; nothing if it is known of none.
    ///
    /// Channels that contain each other are never both in the accounts, so that nothing is summed twice.
    public func sum(of account: KeyPath<ChannelAccounts, Energy?>) -> Energy? {
        let known = compactMap { $0[keyPath: account] }
        return known.isEmpty ? nil : known.reduce(.zero, +)
    }

    /// One account that is always known, over all channels; nothing if there is no channel.
    public func sum(of account: KeyPath<ChannelAccounts, Energy>) -> Energy? {
        reduce(nil as Energy?) { ($0 ?? .zero) + $1[keyPath: account] }
    }
}
