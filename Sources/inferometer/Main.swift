// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferometerCommands

@main
enum Main {
    static func main() async {
        await Inferometer.start()
    }
}
