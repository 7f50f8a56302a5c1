// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCore

/// Energy's side of the benchmarks; each answer is one line of JSON.
///
///     EnergyBenchmark window POINTS TIMES       the energy of a window, nanoseconds each
///     EnergyBenchmark ledger CALLS EVENTS       starts, first tokens and ends, nanoseconds each
///     EnergyBenchmark sampler SECONDS           a fake sensor read at 1 kHz: lateness and processor time
///     EnergyBenchmark rates fake|real always|demand S   fake sensors or this machine's at the default rates: processor time
///     EnergyBenchmark curves                    windows over known curves: errors and bounds
@main
struct EnergyBenchmark {
    static func main() async {
        let arguments = CommandLine.arguments
        func number(_ place: Int, _ otherwise: Int) -> Int {
            arguments.count > place ? Int(arguments[place]) ?? otherwise : otherwise
        }
        switch arguments.count > 1 ? arguments[1] : "" {
        case "window": window(points: number(2, 100_000), times: number(3, 1_000_000))
        case "ledger": ledger(calls: number(2, 1_000), events: number(3, 600_000))
        case "sampler": await SamplerLoad.sampler(seconds: number(2, 10))
        case "rates":
            await SamplerLoad.rates(
                isFake: arguments.dropFirst(2).first == "fake",
                isAlways: arguments.dropFirst(3).first == "always",
                seconds: number(4, 10)
            )
        case "curves": CurveCheck().run()
        default: print("usage: EnergyBenchmark window|ledger|sampler|rates|curves ...")
        }
    }

    /// Two look-ups a window, whatever its length: half of them are 100 points long, half any length.
    private static func window(points: Int, times: Int) {
        var trace = EnergyTrace(capacity: points)
        trace.restart(at: MonotonicInstant(nanoseconds: 0))
        for point in 1..<points {
            let time = MonotonicInstant(nanoseconds: Int64(point) * 100_000_000)
            trace.append(nanojoules: UInt64(10_000_000_000 + point % 7), publishedBetween: time, and: time)
        }
        var random = SystemRandomNumberGenerator()
        let starts = (0..<1_024).map { _ in Int64.random(in: 0..<Int64(points - 200), using: &random) * 100_000_000 }
        let lengths = (0..<1_024).map { place -> Int64 in
            place % 2 == 0 ? 9_950_000_000 : Int64.random(in: 1...Int64(points) * 50_000_000, using: &random)
        }
        var sum = 0.0
        let taken = ContinuousClock().measure {
            for time in 0..<times {
                let start = MonotonicInstant(nanoseconds: starts[time & 1_023] + 12_345)
                let end = start.advanced(by: .nanoseconds(lengths[(time &* 7) & 1_023]))
                sum += trace.window(from: start, to: end)?.energy.joules ?? 0
            }
        }
        print("{\"ns\": \(taken.seconds / Double(times) * 1e9), \"joules\": \(sum)}")
    }

    /// A thousand calls at once, each replaced by another when it ends; a publication every 20 ms.
    private static func ledger(calls: Int, events: Int) {
        var ledger = EnergyLedger(channels: [
            EnergyChannel(device: .init(vendor: .nvidia, identifier: "0"), domain: .card)
        ])
        ledger.take(.started(at: MonotonicInstant(nanoseconds: 0)), at: 0)
        var now: Int64 = 1
        var next: UInt64 = 0
        func instant() -> MonotonicInstant { MonotonicInstant(nanoseconds: now) }
        let weight = AttributionWeights().prefill(promptBytes: 4_000)
        for _ in 0..<calls {
            ledger.start(LedgerCallID(next), at: instant(), places: [0], weight: weight)
            next += 1
        }
        var (told, settled) = (0, 0)
        var published: Int64 = 0
        let taken = ContinuousClock().measure {
            while told < events {
                now += 100_000
                ledger.firstToken(of: LedgerCallID(next - UInt64(calls) / 2), at: instant())
                ledger.end(LedgerCallID(next - UInt64(calls)), at: instant())
                ledger.start(LedgerCallID(next), at: instant(), places: [0], weight: weight)
                next += 1
                told += 3
                guard now - published >= 20_000_000 else { continue }
                published = now
                ledger.take(.published(at: instant(), nanojoules: 6_000_000_123), at: 0)
                settled += ledger.takeSettled().count
            }
        }
        let accounts = ledger.accounts(at: 0)
        let isConserved =
            accounts.measured == accounts.attributed + accounts.idle + accounts.foreign + accounts.residual
        print(
            "{\"ns\": \(taken.seconds / Double(told) * 1e9), \"active\": \(ledger[0].activeCount), "
                + "\"settled\": \(settled), \"conserved\": \(isConserved)}"
        )
    }
}
