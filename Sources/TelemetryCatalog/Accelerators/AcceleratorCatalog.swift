// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// What is known of accelerators, each with its source.
public enum AcceleratorCatalog {
    /// Every accelerator in the table, the more specific of two similar names first.
    public static let all: [AcceleratorSpecification] = rows.map(\.specification)

    /// Finds the accelerator that a driver calls so.
    ///
    /// A short name that no driver uses ("A100", "4080") gives what all rows that differ from it only by memory or
    /// form agree on, and leaves out the rest. Laptop parts, slices and virtual cards share a name with a part of
    /// other figures: for them, as for whatever is not in the table, there is nothing.
    ///
    /// - Parameter name: as NVML, amdsmi, Metal or Level Zero report it; case does not matter.
    /// - Returns: The specification, or nothing if the name fits no row.
    public static func specification(forDeviceNamed name: String) -> AcceleratorSpecification? {
        let device = DeviceName(name)
        if let row = rows.first(where: { $0.patterns.contains { $0.matches(device.bytes) } }) {
            return specification(of: device, in: row)
        }
        let candidates = rows.filter { row in
            let listed = DeviceName(row.name)
            return listed.chip == device.chip && device.form.isSubset(of: listed.form)
        }
        return agreement(of: candidates.map(\.specification), named: name)
    }

    private static func specification(of device: DeviceName, in row: AcceleratorRow) -> AcceleratorSpecification? {
        let listed = DeviceName(row.name)
        guard device.variants.isSubset(of: listed.variants) else { return nil }
        guard let stated = device.gigabytes, stated != row.memory, !anyMemory.contains(row.name) else {
            return row.specification
        }
        // A module of another size is another product; a card of another size has another memory on the same chip.
        return row.name.hasPrefix("Jetson") ? nil : row.specificationOfOtherMemory
    }

    /// Rows whose figures hold for every size that drivers' names state: both V100 sizes have one bandwidth, and the
    /// 480 GB of a GH200 are its processor's.
    private static let anyMemory: Set<String> = ["V100 SXM2", "V100 PCIe", "GH200 96GB HBM3"]

    private static func agreement(
        of specifications: [AcceleratorSpecification],
        named name: String
    ) -> AcceleratorSpecification? {
        guard let first = specifications.first else { return nil }
        guard specifications.count > 1 else { return first }
        func common<Value: Equatable>(_ value: (AcceleratorSpecification) -> Value) -> Value? {
            let wanted = value(first)
            return specifications.allSatisfy { value($0) == wanted } ? wanted : nil
        }
        let precisions = AcceleratorSpecification.Precision.allCases
        let peaks = precisions.compactMap { precision in
            (common { $0.peakFLOPS[precision] } ?? nil).map { (precision, $0) }
        }
        return AcceleratorSpecification(
            vendor: first.vendor,
            name: name,
            peakFLOPS: Dictionary(uniqueKeysWithValues: peaks),
            memoryBytesPerSecond: common { $0.memoryBytesPerSecond } ?? nil,
            memoryGigabytes: common { $0.memoryGigabytes } ?? nil,
            thermalDesignPower: common { $0.thermalDesignPower } ?? nil,
            confidence: common { $0.confidence } ?? .secondary,
            basis: common { $0.basis } ?? "",
            notes: "What these agree on: " + specifications.map(\.name).joined(separator: ", "),
            source: common { $0.source } ?? specifications.map(\.source).joined(separator: "; "),
            verification: common { $0.verification } ?? ""
        )
    }
}
