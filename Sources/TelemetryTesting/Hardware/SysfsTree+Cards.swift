// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension SysfsTree {
    /// Adds a graphics card as the kernel shows it, with a connector beside it.
    ///
    /// - Parameters:
    ///   - index: The card's number.
    ///   - maker: The maker's number, such as `0x1002`.
    ///   - model: The model's number.
    /// - Throws: ``ScratchError`` if a file cannot be written.
    public func setGraphicsCard(_ index: Int, maker: String, model: String) throws(ScratchError) {
        let folder = Self.cardFolder(index)
        try set("\(folder)/vendor", maker)
        try set("\(folder)/device", model)
        try link("sys/class/drm/card\(index)/device", to: "../../../devices/pci0000:00/\(Self.busAddress(index))")
        try set("sys/class/drm/card\(index)-DP-1/status", "disconnected")
    }

    /// Adds a folder of sensors to a card.
    ///
    /// - Parameters:
    ///   - index: The card's number.
    ///   - name: The driver's name, such as `amdgpu`.
    ///   - files: Values by file name, such as `power1_average`.
    ///   - number: The folder's own number, which is new after each start of a machine.
    /// - Throws: ``ScratchError`` if a file cannot be written.
    public func setCardSensors(
        _ index: Int,
        name: String,
        files: [String: Int],
        number: Int = 0
    ) throws(ScratchError) {
        let folder = "\(Self.cardFolder(index))/hwmon/hwmon\(number)"
        try set("\(folder)/name", name)
        for (file, value) in files { try set("\(folder)/\(file)", value) }
    }

    /// The folder of a card's bus device.
    public static func cardFolder(_ index: Int) -> String {
        "sys/devices/pci0000:00/\(busAddress(index))"
    }

    /// The address of a card on its bus.
    public static func busAddress(_ index: Int) -> String {
        let digits = String(index + 3, radix: 16)
        return "0000:\(digits.count < 2 ? "0" : "")\(digits):00.0"
    }
}
