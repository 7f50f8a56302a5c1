// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Made by scripts/make_accelerators.py from scripts/data/accelerators.csv: change those.

// swift-format-ignore-file
extension AcceleratorCatalog {
    static let rows: [AcceleratorRow] = [
        AcceleratorRow(
            vendor: "NVIDIA", name: "GB300 (per GPU)", patterns: ["|GB300|"],
            bf16: 2500, fp16: 2500, fp8: 5000, bandwidth: 8000, memory: 288, power: 1400,
            confidence: .vendor, basis: "vendor",
            notes: "FP4 dense 15000",
            source: "stas00/ml-engineering compute/accelerator/README.md -> nvidia.com/en-us/data-center/gb300-nvl72",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GB200 (per GPU)", patterns: ["|GB200|"],
            bf16: 2500, fp16: 2500, fp8: 5000, bandwidth: 8000, memory: 186, power: 1200,
            confidence: .vendor, basis: "vendor",
            notes: "TDP is GPU TGP; NVML on Grace-Blackwell may report MODULE scope",
            source: "stas00/ml-engineering compute/accelerator/README.md -> nvidia.com/en-us/data-center/gb200-nvl72",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "B300 SXM", patterns: ["|B300|"],
            bf16: 2250, fp16: 2250, fp8: 4500, bandwidth: 8000, memory: 288, power: 1000,
            confidence: .vendor, basis: "vendor+secondary",
            notes: "TDP: TGP figure quoted by stas00 README; DGX B300 guide quotes higher caps - read enforced power limit from NVML instead",
            source: "stas00/ml-engineering compute/accelerator/README.md -> resources.nvidia.com dgx-b300-datasheet",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "B200 SXM", patterns: ["|B200|"],
            bf16: 2250, fp16: 2250, fp8: 4500, bandwidth: 8000, memory: 180, power: 1000,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "stas00/ml-engineering compute/accelerator/README.md -> resources.nvidia.com dgx-b200-datasheet",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GH200 144GB HBM3e", patterns: ["|GH200|*144"],
            bf16: 989.5, fp16: 989.5, fp8: 1979, bandwidth: 4900, memory: 144, power: 1000,
            confidence: .vendor, basis: "vendor",
            notes: "TDP 450-1000 W is for the whole superchip module; NVML GPU scope absent on GH200 (Zeus PR #172); stas00 lists 141 GB / 4800 GB/s",
            source: "stas00/ml-engineering compute/accelerator/README.md -> nvidia.com/en-us/data-center/grace-hopper-superchip",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GH200 96GB HBM3", patterns: ["|GH200|"],
            bf16: 989.5, fp16: 989.5, fp8: 1979, bandwidth: 4000, memory: 96, power: 1000,
            confidence: .vendor, basis: "vendor",
            notes: "NVML name \"NVIDIA GH200 480GB\"; module TDP as above",
            source: "stas00/ml-engineering compute/accelerator/README.md",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "H200 NVL", patterns: ["|H200 NVL|", "|H200-NVL|"],
            bf16: 835.5, fp16: 835.5, fp8: 1671, bandwidth: 4800, memory: 141, power: 600,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "stas00/ml-engineering compute/accelerator/README.md; karpathy/nanochat nanochat/common.py get_peak_flops + PR #103 (836)",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "H200 SXM", patterns: ["|H200|"],
            bf16: 989.5, fp16: 989.5, fp8: 1979, bandwidth: 4800, memory: 141, power: 700,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "stas00/ml-engineering compute/accelerator/README.md -> nvidia.com/en-us/data-center/h200",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "H100 NVL", patterns: ["|H100 NVL|", "|H100-NVL|"],
            bf16: 835.5, fp16: 835.5, fp8: 1671, bandwidth: 3938, memory: 94, power: 400,
            confidence: .vendor, basis: "vendor",
            notes: "TDP 350-400 W configurable",
            source: "nvidia.com product page/datasheet h100; FastVideo PR #1724 (835.5)",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "H100 PCIe", patterns: ["|H100 PCIe|", "|H100-PCIe|"],
            bf16: 756.5, fp16: 756.5, fp8: 1513, bandwidth: 2039, memory: 80, power: 350,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "stas00/ml-engineering compute/accelerator/README.md; FastVideo PR #1724 (756.5)",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "H100 SXM", patterns: ["|H100|"],
            bf16: 989.5, fp16: 989.5, fp8: 1979, bandwidth: 3350, memory: 80, power: 700,
            confidence: .vendor, basis: "vendor",
            notes: "64 GB / 96 GB SXM variants exist: use memory size to disambiguate bandwidth",
            source: "stas00/ml-engineering compute/accelerator/README.md -> nvidia.com/en-us/data-center/h100",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A100 PCIe 80GB", patterns: ["|A100 80GB PCIe|"],
            bf16: 312, fp16: 312, fp8: nil, bandwidth: 1935, memory: 80, power: 300,
            confidence: .vendor, basis: "vendor",
            notes: "No FP8",
            source: "nvidia.com product page/datasheet a100",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A100 SXM 80GB", patterns: ["|A100-SXM4-80GB|"],
            bf16: 312, fp16: 312, fp8: nil, bandwidth: 2039, memory: 80, power: 400,
            confidence: .vendor, basis: "vendor",
            notes: "No FP8",
            source: "nvidia.com product page/datasheet a100",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A100 SXM 40GB", patterns: ["|A100-SXM4-40GB|"],
            bf16: 312, fp16: 312, fp8: nil, bandwidth: 1555, memory: 40, power: 400,
            confidence: .vendor, basis: "vendor",
            notes: "No FP8",
            source: "nvidia.com product page/datasheet a100",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A100 PCIe 40GB", patterns: ["|A100-PCIE-40GB|"],
            bf16: 312, fp16: 312, fp8: nil, bandwidth: 1555, memory: 40, power: 250,
            confidence: .vendor, basis: "vendor",
            notes: "No FP8",
            source: "nvidia.com product page/datasheet a100",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "L40S", patterns: ["|L40S|"],
            bf16: 362.05, fp16: 362.05, fp8: 733, bandwidth: 864, memory: 48, power: 350,
            confidence: .vendor, basis: "vendor",
            notes: "733 is the vendor FP8 dense (=BF16 sparse)",
            source: "stas00/ml-engineering compute/accelerator/README.md -> nvidia.com/en-us/data-center/l40s",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "L40", patterns: ["|L40|"],
            bf16: 181.05, fp16: 181.05, fp8: 362, bandwidth: 864, memory: 48, power: 300,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "nvidia.com product page/datasheet l40",
            verification: "corroborated: CONFLICT: hmc-tech says 362 dense (clock-computed); vendor sheet 181|362*"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "L4", patterns: ["|L4|"],
            bf16: 121, fp16: 121, fp8: 242.5, bandwidth: 300, memory: 24, power: 72,
            confidence: .vendor, basis: "vendor",
            notes: "Vendor sheet prints 242 BF16 and 485 FP8 WITH sparsity",
            source: "nvidia.com product page/datasheet l4; karpathy/nanochat nanochat/common.py get_peak_flops + PR #103",
            verification: "corroborated: third-party excerpts: 242 sparse (grokipedia), 125 computed from clocks (hmc-tech)"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A10G", patterns: ["|A10G|"],
            bf16: 70, fp16: 70, fp8: nil, bandwidth: 600, memory: 24, power: 300,
            confidence: .vendor, basis: "vendor(AWS/NVIDIA A10G sheet)",
            notes: "140 with sparsity; Lightning throughput.py also lists 125",
            source: "Lightning-AI/pytorch-lightning fabric/utilities/throughput.py (for the error); A10G datasheet",
            verification: "corroborated: baseten.co A10 vs A10G (says tensor compute differs; 70 not re-read)"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A10", patterns: ["|A10|"],
            bf16: 125, fp16: 125, fp8: nil, bandwidth: 600, memory: 24, power: 150,
            confidence: .vendor, basis: "vendor",
            notes: "250 with sparsity",
            source: "nvidia.com product page/datasheet a10",
            verification: "corroborated: baseten.co A10 vs A10G"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A40", patterns: ["|A40|"],
            bf16: 149.7, fp16: 149.7, fp8: nil, bandwidth: 696, memory: 48, power: 300,
            confidence: .vendor, basis: "vendor",
            notes: "299.4 with sparsity",
            source: "karpathy/nanochat nanochat/common.py get_peak_flops + PR #103",
            verification: "corroborated: vendor table excerpt (ecer.com) 149.7|299.4, 696 GB/s, 300 W"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "A30", patterns: ["|A30|"],
            bf16: 165, fp16: 165, fp8: nil, bandwidth: 933, memory: 24, power: 165,
            confidence: .vendor, basis: "vendor",
            notes: "330 with sparsity",
            source: "karpathy/nanochat nanochat/common.py get_peak_flops + PR #103",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "RTX PRO 6000 Blackwell Max-Q", patterns: ["RTX PRO 6000 Blackwell Max-Q"],
            bf16: 438.9, fp16: 438.9, fp8: 877.8, bandwidth: 1792, memory: 96, power: 300,
            confidence: .vendor, basis: "vendor (BF16) / derived FP8 x2",
            notes: "",
            source: "karpathy/nanochat PR #103 / issue #60",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "RTX PRO 6000 Blackwell Server", patterns: ["RTX PRO 6000 Blackwell Server"],
            bf16: 503.8, fp16: 503.8, fp8: 1007.6, bandwidth: 1597, memory: 96, power: 600,
            confidence: .secondary, basis: "secondary",
            notes: "TDP 400-600 W configurable",
            source: "BF16 assumed equal to WS edition; bandwidth conflict: 1597 (server page figure) vs 1792 (press, all variants)",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "RTX PRO 6000 Blackwell Workstation", patterns: ["RTX PRO 6000 Blackwell"],
            bf16: 503.8, fp16: 503.8, fp8: 1007.6, bandwidth: 1792, memory: 96, power: 600,
            confidence: .vendor, basis: "vendor (BF16) / derived FP8 x2",
            notes: "",
            source: "karpathy/nanochat PR #103 / issue #60",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "RTX 6000 Ada", patterns: ["RTX 6000 Ada"],
            bf16: 364.2, fp16: 364.2, fp8: 728.5, bandwidth: 960, memory: 48, power: 300,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "NVIDIA Ada GPU architecture whitepaper (dense, FP32-accumulate); nanochat issue #60 (364)",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "RTX A6000", patterns: ["RTX A6000|"],
            bf16: 154.8, fp16: 154.8, fp8: nil, bandwidth: 768, memory: 48, power: 300,
            confidence: .vendor, basis: "vendor",
            notes: "309.7 with sparsity",
            source: "NVIDIA Ampere GA102 whitepaper (dense, FP32-accumulate); nanochat issue #60",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GeForce RTX 5090", patterns: ["RTX 5090|"],
            bf16: 209.5, fp16: 209.5, fp8: 419, bandwidth: 1792, memory: 32, power: 575,
            confidence: .vendor, basis: "vendor",
            notes: "419 = FP16 with FP16 accumulate OR sparse BF16: do not use for BF16",
            source: "karpathy/nanochat nanochat/common.py get_peak_flops + PR #103",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GeForce RTX 5080", patterns: ["RTX 5080|"],
            bf16: 112.6, fp16: 112.6, fp8: 225.1, bandwidth: 960, memory: 16, power: 360,
            confidence: .vendor, basis: "vendor whitepaper",
            notes: "225 with FP16 accumulate",
            source: "NVIDIA RTX Blackwell GPU architecture whitepaper",
            verification: "corroborated: bandwidth/TGP only (brojogopalsapui.com, cites whitepaper); TFLOPS not re-read"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GeForce RTX 4090", patterns: ["RTX 4090|"],
            bf16: 165.2, fp16: 165.2, fp8: 330.3, bandwidth: 1008, memory: 24, power: 450,
            confidence: .vendor, basis: "vendor whitepaper",
            notes: "330.3 with FP16 accumulate. \"RTX 4090 Laptop\" is a different part: exclude",
            source: "NVIDIA Ada GPU architecture whitepaper (dense, FP32-accumulate); nanochat",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GeForce RTX 4080", patterns: ["RTX 4080|"],
            bf16: 97.5, fp16: 97.5, fp8: 194.9, bandwidth: 716.8, memory: 16, power: 320,
            confidence: .vendor, basis: "vendor whitepaper",
            notes: "SUPER: 104.4/736 approx",
            source: "NVIDIA Ada GPU architecture whitepaper (dense, FP32-accumulate)",
            verification: "corroborated: third-party 97.4"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GeForce RTX 4070 Ti", patterns: ["RTX 4070 Ti|"],
            bf16: 80.2, fp16: 80.2, fp8: 160.4, bandwidth: 504, memory: 12, power: 285,
            confidence: .vendor, basis: "vendor whitepaper",
            notes: "Ti SUPER is 16 GB 672 GB/s",
            source: "NVIDIA Ada GPU architecture whitepaper (dense, FP32-accumulate)",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "GeForce RTX 3090", patterns: ["RTX 3090|"],
            bf16: 71, fp16: 71, fp8: nil, bandwidth: 936, memory: 24, power: 350,
            confidence: .vendor, basis: "vendor whitepaper",
            notes: "142 with FP16 accumulate; 3090 Ti: 80/1008/450",
            source: "NVIDIA Ampere GA102 whitepaper (dense, FP32-accumulate); nanochat",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "T4", patterns: ["|T4|"],
            bf16: nil, fp16: 65, fp8: nil, bandwidth: 320, memory: 16, power: 70,
            confidence: .vendor, basis: "vendor",
            notes: "Paper bandwidth 320 (some sheets 300)",
            source: "nvidia.com product page/datasheet t4",
            verification: "corroborated: hmc-tech 65.13; sysrqmts 320 GB/s"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "V100 SXM2", patterns: ["|V100-SXM"],
            bf16: nil, fp16: 125, fp8: nil, bandwidth: 900, memory: 32, power: 300,
            confidence: .vendor, basis: "vendor",
            notes: "16 or 32 GB",
            source: "nvidia.com product page/datasheet v100",
            verification: "corroborated: hmc-tech 125.3"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "V100 PCIe", patterns: ["|V100-PCIE"],
            bf16: nil, fp16: 112, fp8: nil, bandwidth: 900, memory: 32, power: 250,
            confidence: .vendor, basis: "vendor",
            notes: "16 or 32 GB",
            source: "nvidia.com product page/datasheet v100",
            verification: "corroborated: hmc-tech 113"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "DGX Spark GB10", patterns: ["|GB10|"],
            bf16: 125, fp16: 125, fp8: 250, bandwidth: 273, memory: 128, power: 140,
            confidence: .derived, basis: "derived (1 PFLOP sparse FP4 / 8)",
            notes: "NVML energy/power on GB10 may be NotSupported: probe. Derivation not vendor-published",
            source: "nvidia.com dgx-spark (1 PFLOP FP4 sparse); derived",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "Jetson AGX Thor T5000", patterns: ["|Thor|"],
            bf16: 258.8, fp16: 258.8, fp8: 517.5, bandwidth: 273, memory: 128, power: 130,
            confidence: .derived, basis: "derived (2070 sparse FP4 / 8)",
            notes: "No NVML total energy; INA238 hwmon",
            source: "nvidia.com jetson-thor (2070 TFLOPS sparse FP4); derived; torring.dev throttle-ratio",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "Jetson AGX Orin 64GB", patterns: ["AGX Orin"],
            bf16: 42.5, fp16: 42.5, fp8: nil, bandwidth: 204.8, memory: 64, power: 60,
            confidence: .derived, basis: "derived (85 sparse FP16 GPU-only / 2)",
            notes: "275 TOPS headline = 170 GPU sparse INT8 + 105 DLA",
            source: "NVIDIA Jetson AGX Orin technical brief (170 sparse INT8 GPU)",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "Jetson Orin NX 16GB", patterns: ["Orin NX*16"],
            bf16: 12.5, fp16: 12.5, fp8: nil, bandwidth: 102.4, memory: 16, power: 25,
            confidence: .derived, basis: "derived",
            notes: "100 TOPS headline incl. DLA; \"Super\" mode 40 W",
            source: "NVIDIA Jetson Orin NX data sheet; derived",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "NVIDIA", name: "Jetson Orin NX 8GB", patterns: ["Orin NX"],
            bf16: 10, fp16: 10, fp8: nil, bandwidth: 102.4, memory: 8, power: 20,
            confidence: .derived, basis: "derived",
            notes: "68 GB/s is the Orin Nano",
            source: "NVIDIA Jetson Orin NX data sheet; derived",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI355X", patterns: ["|MI355X|"],
            bf16: 2516, fp16: 2516, fp8: 5033, bandwidth: 8000, memory: 288, power: 1400,
            confidence: .vendor, basis: "vendor",
            notes: "Vendor dense 2.5 PF; MAMF measured 1565",
            source: "stas00/ml-engineering compute/accelerator/README.md -> amd.com mi355x",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI350X", patterns: ["|MI350X|"],
            bf16: 2300, fp16: 2300, fp8: 4600, bandwidth: 8000, memory: 288, power: 1000,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "stas00/ml-engineering compute/accelerator/README.md -> amd.com mi350x",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI325X", patterns: ["|MI325X|"],
            bf16: 1307.4, fp16: 1307.4, fp8: 2614.9, bandwidth: 6000, memory: 256, power: 1000,
            confidence: .vendor, basis: "vendor",
            notes: "MAMF measured 785",
            source: "stas00/ml-engineering compute/accelerator/README.md -> amd.com mi325x",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI300A", patterns: ["|MI300A|"],
            bf16: 980.6, fp16: 980.6, fp8: 1961.2, bandwidth: 5300, memory: 128, power: 550,
            confidence: .vendor, basis: "vendor",
            notes: "APU: 550 W TDP (760 W peak) includes 24 Zen4 cores + HBM; do not add CPU package energy",
            source: "karpathy/nanochat nanochat/common.py get_peak_flops + PR #103 (980.6); amd.com mi300a",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI300X", patterns: ["|MI300X|"],
            bf16: 1307.4, fp16: 1307.4, fp8: 2614.9, bandwidth: 5300, memory: 192, power: 750,
            confidence: .vendor, basis: "vendor",
            notes: "MAMF measured 668",
            source: "stas00/ml-engineering compute/accelerator/README.md -> amd.com mi300x",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI250X", patterns: ["|MI250X|"],
            bf16: 383, fp16: 383, fp8: nil, bandwidth: 3277, memory: 128, power: 560,
            confidence: .vendor, basis: "vendor (both GCDs)",
            notes: "Per GCD: 191.5 / 1638 / 64; energy counter reports on one GCD for both",
            source: "stas00/ml-engineering compute/accelerator/README.md note 7 -> amd.com mi250x",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI250", patterns: ["|MI250|"],
            bf16: 362.1, fp16: 362.1, fp8: nil, bandwidth: 3277, memory: 128, power: 560,
            confidence: .vendor, basis: "vendor (both GCDs)",
            notes: "Per GCD 181/1638/64",
            source: "stas00/ml-engineering compute/accelerator/README.md note 5 -> amd.com mi250",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Instinct MI210", patterns: ["|MI210|"],
            bf16: 181, fp16: 181, fp8: nil, bandwidth: 1638, memory: 64, power: 300,
            confidence: .vendor, basis: "vendor",
            notes: "",
            source: "amd.com mi210",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Radeon RX 7900 XTX", patterns: ["7900 XTX"],
            bf16: 122.8, fp16: 122.8, fp8: nil, bandwidth: 960, memory: 24, power: 355,
            confidence: .vendor, basis: "vendor",
            notes: "WMMA rate; no FP8",
            source: "amd.com rx-7900-xtx (122.8)",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "AMD", name: "Radeon RX 9070 XT", patterns: ["9070 XT"],
            bf16: 195, fp16: 195, fp8: 389, bandwidth: 640, memory: 16, power: 304,
            confidence: .vendor, basis: "vendor",
            notes: "389 is FP16 sparse = FP8 dense; 97.3 is the vector FP16 rate",
            source: "amd.com rx-9070-xt",
            verification: "UNVERIFIED: from the named vendor sheet as known, page not opened"
        ),
        AcceleratorRow(
            vendor: "Intel", name: "Data Center GPU Max 1550", patterns: ["Max 1550"],
            bf16: 839, fp16: 839, fp8: nil, bandwidth: 3277, memory: 128, power: 600,
            confidence: .derived, basis: "derived (128 Xe cores x 4096 op/clk x 1.6 GHz)",
            notes: "nanochat derives 512*CU*1.3 GHz; glennklockwood measured far below on pre-production; 2 tiles: Level Zero may enumerate sub-devices",
            source: "glennklockwood.com Ponte Vecchio page; karpathy/nanochat nanochat/common.py get_peak_flops + PR #103",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "Intel", name: "Gaudi 3", patterns: ["Gaudi3", "Gaudi 3", "HL-3"],
            bf16: 1677, fp16: 459, fp8: 1677, bandwidth: 3700, memory: 128, power: 900,
            confidence: .vendor, basis: "vendor whitepaper + clock correction",
            notes: "Whitepaper 1835 at 1750 MHz; shipped parts run 1600 MHz = 1677 (stas00). FP16 is not on the MME fast path (459). FP8 same rate",
            source: "stas00/ml-engineering compute/accelerator/README.md notes 8,19 -> Intel whitepaper 817486",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "Intel", name: "Gaudi 2", patterns: ["Gaudi2", "Gaudi 2", "HL-2"],
            bf16: 432, fp16: nil, fp8: 865, bandwidth: 2460, memory: 96, power: 600,
            confidence: .vendor, basis: "vendor whitepaper",
            notes: "",
            source: "stas00/ml-engineering compute/accelerator/README.md notes 8,9 -> Intel whitepaper 839363",
            verification: "read in a repository, not the vendor page"
        ),
        AcceleratorRow(
            vendor: "Intel", name: "Arc B580", patterns: ["B580|"],
            bf16: 116.7, fp16: 116.7, fp8: nil, bandwidth: 456, memory: 12, power: 190,
            confidence: .derived, basis: "derived (233 INT8 TOPS / 2)",
            notes: "",
            source: "svethardware.cz B580 spec (233 TOPS)",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "Intel", name: "Arc B570", patterns: ["B570|"],
            bf16: 101.5, fp16: 101.5, fp8: nil, bandwidth: 380, memory: 10, power: 150,
            confidence: .derived, basis: "derived (203 INT8 TOPS / 2)",
            notes: "",
            source: "svethardware.cz B570 spec (203 TOPS)",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "Intel", name: "Arc A770", patterns: ["A770|"],
            bf16: 131, fp16: 131, fp8: nil, bandwidth: 560, memory: 16, power: 225,
            confidence: .derived, basis: "derived (262 INT8 TOPS / 2)",
            notes: "8 GB variant 512 GB/s",
            source: "Intel ARK A770 (262 TOPS); derived",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M1", patterns: ["^Apple M1$"],
            bf16: nil, fp16: 2.6, fp8: nil, bandwidth: 68.25, memory: 16, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M1 Pro", patterns: ["^Apple M1 Pro$"],
            bf16: nil, fp16: 5.2, fp8: nil, bandwidth: 200, memory: 32, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M1 Max", patterns: ["^Apple M1 Max$"],
            bf16: nil, fp16: 10.4, fp8: nil, bandwidth: 400, memory: 64, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M1 Ultra", patterns: ["^Apple M1 Ultra$"],
            bf16: nil, fp16: 20.8, fp8: nil, bandwidth: 800, memory: 128, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M2", patterns: ["^Apple M2$"],
            bf16: nil, fp16: 3.6, fp8: nil, bandwidth: 100, memory: 24, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M2 Pro", patterns: ["^Apple M2 Pro$"],
            bf16: nil, fp16: 6.8, fp8: nil, bandwidth: 200, memory: 32, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M2 Max", patterns: ["^Apple M2 Max$"],
            bf16: nil, fp16: 13.6, fp8: nil, bandwidth: 400, memory: 96, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M2 Ultra", patterns: ["^Apple M2 Ultra$"],
            bf16: nil, fp16: 27.2, fp8: nil, bandwidth: 800, memory: 192, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M3", patterns: ["^Apple M3$"],
            bf16: nil, fp16: 4.1, fp8: nil, bandwidth: 100, memory: 24, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "8-core GPU 3.5 / 10-core 4.1",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M3 Pro", patterns: ["^Apple M3 Pro$"],
            bf16: nil, fp16: 7.4, fp8: nil, bandwidth: 150, memory: 36, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "14-core 6.4 / 18-core 7.4",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M3 Max", patterns: ["^Apple M3 Max$"],
            bf16: nil, fp16: 16.4, fp8: nil, bandwidth: 400, memory: 128, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "RANGE: 40-core 14.3 (hmc-tech, at 1398 MHz) to 16.4 (at 1.6 GHz); 30-core bin 10.7-12.3 and 300 GB/s. Need GPU core count",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "corroborated: hmc-tech 14.32 @1398 MHz"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M3 Ultra", patterns: ["^Apple M3 Ultra$"],
            bf16: nil, fp16: 32.8, fp8: nil, bandwidth: 819, memory: 512, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "RANGE: 80-core 28.6-32.8; 60-core 21.5-24.6",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M4", patterns: ["^Apple M4$"],
            bf16: nil, fp16: 4.3, fp8: nil, bandwidth: 120, memory: 32, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M4 Pro", patterns: ["^Apple M4 Pro$"],
            bf16: nil, fp16: 9.2, fp8: nil, bandwidth: 273, memory: 64, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "20-core 9.2; 16-core 8.6 (est.)",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M4 Max", patterns: ["^Apple M4 Max$"],
            bf16: nil, fp16: 18.4, fp8: nil, bandwidth: 546, memory: 128, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "RANGE: 40-core 17.2 (1678 MHz) to 18.4 (1.8 GHz), 546 GB/s; 32-core 13.7-14.7, 410 GB/s",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "corroborated: hmc-tech 13.74 (32-core)"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M5", patterns: ["^Apple M5$"],
            bf16: nil, fp16: nil, fp8: nil, bandwidth: 153, memory: 32, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "GPU neural accelerators: Apple claims >4x M4 peak GPU AI compute; no TFLOPS published -> leave null",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M5 Pro", patterns: ["^Apple M5 Pro$"],
            bf16: nil, fp16: nil, fp8: nil, bandwidth: 307, memory: 64, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "TFLOPS unpublished",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Apple", name: "M5 Max", patterns: ["^Apple M5 Max$"],
            bf16: nil, fp16: nil, fp8: nil, bandwidth: 614, memory: 128, power: nil,
            confidence: .thirdParty, basis: "third-party (shader FP32 rate; FP16 shader rate is ~equal)",
            notes: "460 GB/s lower bin; TFLOPS unpublished",
            source: "Apple newsroom (bandwidth); GPU TFLOPS are third-party (Apple publishes none)",
            verification: "third-party"
        ),
        AcceleratorRow(
            vendor: "Qualcomm", name: "Snapdragon X2 Elite Extreme (Adreno X2)", patterns: ["X2 Elite Extreme"],
            bf16: nil, fp16: nil, fp8: nil, bandwidth: 228, memory: nil, power: nil,
            confidence: .vendor, basis: "vendor bandwidth only",
            notes: "",
            source: "Qualcomm via notebookcheck",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "Qualcomm", name: "Snapdragon X Elite (Adreno X1-85)", patterns: ["Snapdragon*X*Elite", "X1E"],
            bf16: nil, fp16: 9.2, fp8: nil, bandwidth: 135, memory: 64, power: nil,
            confidence: .derived, basis: "derived (4.6 FP32 x 2)",
            notes: "",
            source: "notebookcheck Adreno X1-85",
            verification: "derived/secondary"
        ),
        AcceleratorRow(
            vendor: "Qualcomm", name: "Snapdragon X Plus (Adreno X1-45/85)", patterns: ["Snapdragon*X*Plus", "X1P"],
            bf16: nil, fp16: 7.6, fp8: nil, bandwidth: 135, memory: 64, power: nil,
            confidence: .derived, basis: "derived (3.8 FP32 x 2)",
            notes: "",
            source: "notebookcheck",
            verification: "derived/secondary"
        ),
    ]
}
