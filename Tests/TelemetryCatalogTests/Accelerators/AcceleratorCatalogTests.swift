// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCatalog
import TelemetryCore
import Testing

@Suite struct AcceleratorCatalogTests {
    private func teraFLOPS(_ name: String) -> Double? {
        AcceleratorCatalog.specification(forDeviceNamed: name)?.halfPrecisionFLOPS.map { $0 / 1e12 }
    }

    @Test(arguments: [
        ("NVIDIA H100 80GB HBM3", "H100 SXM"), ("NVIDIA H100 PCIe", "H100 PCIe"), ("NVIDIA H100 NVL", "H100 NVL"),
        ("NVIDIA A100-SXM4-40GB", "A100 SXM 40GB"), ("NVIDIA A100 80GB PCIe", "A100 PCIe 80GB"),
        ("A100-SXM-80GB", "A100 SXM 80GB"), ("NVIDIA L4", "L4"), ("NVIDIA L40", "L40"), ("NVIDIA L40S", "L40S"),
        ("NVIDIA A10", "A10"), ("NVIDIA A10G", "A10G"), ("Tesla T4", "T4"), ("Tesla V100-SXM2-16GB", "V100 SXM2"),
        ("NVIDIA GH200 480GB", "GH200 96GB HBM3"), ("NVIDIA GH200 144G HBM3e", "GH200 144GB HBM3e"),
        ("NVIDIA GeForce RTX 4090", "GeForce RTX 4090"), ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"),
        ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", "RTX PRO 6000 Blackwell Max-Q"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "RTX PRO 6000 Blackwell Workstation"),
        ("AMD Instinct MI300X", "Instinct MI300X"), ("Radeon RX 7900 XTX", "Radeon RX 7900 XTX"),
        ("Intel(R) Arc(TM) B580 Graphics", "Arc B580"),
        ("Intel(R) Data Center GPU Max 1550", "Data Center GPU Max 1550"),
        ("Apple M3", "M3"), ("Apple M3 Max", "M3 Max"), ("Apple M4 Pro", "M4 Pro"), ("M2 Ultra", "M2 Ultra"),
        ("HL-325L", "Gaudi 3"), ("Snapdragon(R) X Elite - X1E80100", "Snapdragon X Elite (Adreno X1-85)"),
        ("NVIDIA GB200", "GB200 (per GPU)"), ("NVIDIA GB10", "DGX Spark GB10"),
        ("NVIDIA Thor", "Jetson AGX Thor T5000"),
        ("Orin NX 16GB", "Jetson Orin NX 16GB"), ("nvidia geforce rtx 3090", "GeForce RTX 3090"),
    ])
    func driversNamesAreKnown(device: String, row: String) {
        #expect(AcceleratorCatalog.specification(forDeviceNamed: device)?.name == row)
    }

    @Test(arguments: [
        "", "QuantumGPU", "NVIDIA", "NVIDIA T400", "NVIDIA GeForce RTX 4090 D", "NVIDIA GeForce RTX 4080 SUPER",
        "NVIDIA GeForce RTX 4070 Ti SUPER", "NVIDIA GeForce RTX 3090 Ti", "NVIDIA GeForce RTX 4080 Laptop GPU",
        "NVIDIA A100-SXM4-80GB MIG 1g.10gb", "NVIDIA A10-8Q", "GRID A100-10C", "NVIDIA H800", "NVIDIA H20",
        "NVIDIA A100X", "Quadro RTX 6000", "AMD Ryzen Threadripper PRO", "Apple M3 Nano", "Jetson AGX Orin 32GB",
    ])
    func whatIsNotInTheTableIsUnknown(device: String) {
        #expect(AcceleratorCatalog.specification(forDeviceNamed: device) == nil)
    }

    @Test func aShortNameGivesWhatItsRowsAgreeOn() throws {
        let family = try #require(AcceleratorCatalog.specification(forDeviceNamed: "A100"))
        #expect(family.halfPrecisionFLOPS == 312e12)
        #expect(family.memoryBytesPerSecond == nil)
        #expect(family.memoryGigabytes == nil)
        #expect(family.thermalDesignPower == nil)
        let form = try #require(AcceleratorCatalog.specification(forDeviceNamed: "A100-SXM"))
        #expect(form.thermalDesignPower == .watts(400))
        let disagreeing = try #require(AcceleratorCatalog.specification(forDeviceNamed: "V100"))
        #expect(disagreeing.halfPrecisionFLOPS == nil)
        #expect(disagreeing.memoryBytesPerSecond == 900e9)
    }

    @Test func anotherMemoryOnTheSameChipIsUnknown() throws {
        let part = try #require(AcceleratorCatalog.specification(forDeviceNamed: "NVIDIA H100 64GB HBM2"))
        #expect(part.halfPrecisionFLOPS == 989.5e12)
        #expect(part.memoryBytesPerSecond == nil)
    }

    @Test func eachRowHasASourceAndPlausibleFigures() {
        #expect(AcceleratorCatalog.all.count == 78)
        for row in AcceleratorCatalog.all {
            #expect(!row.source.isEmpty || !row.basis.isEmpty, "\(row.name)")
            #expect(row.memoryBytesPerSecond != nil, "\(row.name)")
            let fp8 = row.peakFLOPS[.fp8] ?? .infinity
            #expect(fp8 >= row.halfPrecisionFLOPS ?? 0, "\(row.name)")
            #expect(row.peaks() != nil, "\(row.name)")
        }
        #expect(Set(AcceleratorCatalog.all.map(\.name)).count == AcceleratorCatalog.all.count)
    }

    @Test func everyRowIsFoundByItsOwnName() {
        for row in AcceleratorCatalog.all {
            let found = AcceleratorCatalog.specification(forDeviceNamed: row.name)
            #expect(found?.vendor == row.vendor, "\(row.name): \(found?.name ?? "nothing")")
        }
    }

    @Test func peaksFollowThePrecision() throws {
        let gaudi = try #require(AcceleratorCatalog.specification(forDeviceNamed: "Gaudi 3"))
        #expect(gaudi.peaks()?.flopsPerSecond == 1677e12)
        #expect(gaudi.peaks(for: .fp16)?.flopsPerSecond == 459e12)
        let turing = try #require(AcceleratorCatalog.specification(forDeviceNamed: "Tesla T4"))
        #expect(turing.peaks(for: .bf16)?.flopsPerSecond == nil)
        #expect(turing.peaks()?.flopsPerSecond == 65e12)
    }

    @Test func defect56NamesAreMatchedWhole() {
        #expect(teraFLOPS("NVIDIA L40S") == 362.05)
        #expect(teraFLOPS("NVIDIA L40") == 181.05)
        #expect(teraFLOPS("NVIDIA RTX A1000") == nil)
        #expect(teraFLOPS("NVIDIA T400") == nil)
        #expect(teraFLOPS("NVIDIA H100 PCIe") == 756.5)
    }

    @Test func defect57RealDriverNamesAreFound() {
        #expect(teraFLOPS("NVIDIA H100 80GB HBM3") == 989.5)
        #expect(
            AcceleratorCatalog.specification(forDeviceNamed: "NVIDIA A100 80GB PCIe")?.memoryBytesPerSecond == 1935e9
        )
    }

    @Test func defect58OneTableOfDenseFigures() {
        let wanted = ["Apple M4 Max": 18.4, "RTX 4090": 165.2, "A10G": 70, "RTX 3090": 71, "L40S": 362.05]
        for (name, peak) in wanted { #expect(teraFLOPS(name) == peak, "\(name)") }
    }
}
