// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Links the product TelemetryCore and nothing else: no Foundation may come with it.

import TelemetryCatalog
import TelemetryCore

let card = AcceleratorCatalog.specification(forDeviceNamed: "NVIDIA H100 80GB HBM3")
print(card?.name ?? "unknown", Energy.joules(1).map { "\($0.joules) J" } ?? "-")
