// Inferometer
// SPDX-License-Identifier: Apache-2.0

/// The accounts of one channel over one minute of civil time.
public struct MinuteAccount: Sendable, Hashable {
    /// The minute's start.
    public var minute: WallTime
    /// The channel.
    public var channel: EnergyChannel
    /// Where its energy went in that minute.
    ///
    /// A minute may come in several parts, which add up.
    public var accounts: EnergyAccounts

    /// Creates the accounts of a minute, or of a part of one.
    public init(minute: WallTime, channel: EnergyChannel, accounts: EnergyAccounts) {
        self.minute = minute
        self.channel = channel
        self.accounts = accounts
    }
}

/// The mean power of one channel over one second.
public struct ChannelPower: Sendable, Hashable {
    /// The second's start.
    public var second: WallTime
    /// The channel, counted by a total or not.
    public var channel: EnergyChannel
    /// Its mean power over what was measured of that second.
    public var power: Power

    /// Creates a second's power.
    public init(second: WallTime, channel: EnergyChannel, power: Power) {
        self.second = second
        self.channel = channel
        self.power = power
    }
}
