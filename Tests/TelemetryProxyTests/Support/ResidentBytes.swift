// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The memory of this process that is resident, in bytes; 0 where the system does not say it in this way.
func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4_096
}
