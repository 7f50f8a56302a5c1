// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import Testing

@Suite struct PrometheusTextTests {
    @Test(arguments: [
        ("a 1", 1), ("a\t1", 1), ("  a  1  ", 1), ("a 1 1700000000000", 1), ("a{x=\"y\"} 2 1700000000000", 2),
        ("a{} 3", 3), ("a {x=\"y\"} 4", 4), ("a{x=\"}\"} 5", 5), ("a{x=\"\\\"}\"} 6", 6), ("a{x=\"y\",} 7", 7),
        ("a 8 # {trace_id=\"k\"} 0.67 1520879607.789", 8), ("a 9\r", 9), ("a 1.5e+2", 150), ("a 1.5E-2", 0.015),
        ("a -0.25", -0.25), ("a +4", 4), ("a .5", 0.5), ("a 5.", 5),
        ("a 1.7954940733842611e+09", 1_795_494_073.3842611),
        ("a 18446744073709551616", 18_446_744_073_709_551_616), ("a 4.9e-324", .leastNonzeroMagnitude), ("a 1e308", 1e308),
        ("a +Inf", .infinity), ("a -Inf", -.infinity), ("a inf", .infinity),
        ("a 0.30000000000000004", 0.30000000000000004), ("a 123456789012345678901234567890", 1.2345678901234568e29),
    ])
    func valuesAreRead(line: String, value: Double) {
        #expect(PrometheusText(line).value(named: "a") == value)
        #expect(PrometheusText("b 0\n" + line + "\nc 0").value(named: "a") == value)
    }

    @Test(arguments: [
        "a abc", "a", "a{x=\"y\"}", "a NaN", "a{x=\"y", "# a 1", "ab 1", "", "a 1e", "a 1e+", "a --1", "a 1,5",
    ])
    func whatIsNoValueIsAbsent(line: String) {
        #expect(PrometheusText(line).value(named: "a") == nil)
    }

    @Test func oddLinesCostNoOther() {
        let text = PrometheusText("a 1\n!?\nb x\n\n# HELP c d\nc 3\n{\"quoted.name\"} 4")
        #expect(text.value(named: "a") == 1)
        #expect(text.value(named: "c") == 3)
        #expect(text.value(named: "b") == nil)
    }

    @Test func seriesAreSummedOverLabelsAndCountOnce() {
        let text = PrometheusText(
            """
            w{engine="0",model_name="m"} 1
            w{engine="1",model_name="m"} 2
            w{model_name="m",engine="0"} 64
            w{engine="2"} NaN
            """
        )
        #expect(text.value(named: "w") == 3, "the same labels in another order are the same series; NaN is no value")
        #expect(text.series(named: "w").mean == 1.5)
        #expect(text.series(named: "w").sums(by: "model_name") == ["m": 3])
    }

    @Test func labelsAreUnescaped() {
        let series = PrometheusText(#"a{path="C:\\DIR\\",say="\"hi\"\n",b = "x"} 1"#).series(named: "a")
        let labels = series.values.keys.first
        #expect(labels?["path"] == #"C:\DIR\"#)
        #expect(labels?["say"] == "\"hi\"\n")
        #expect(labels?["b"] == "x")
        #expect(labels?["none"] == nil)
    }

    @Test func interruptedFamiliesAreOne() {
        #expect(PrometheusText("a{i=\"0\"} 1\nb 5\na{i=\"1\"} 2").value(named: "a") == 3)
    }

    @Test func countersThatFallBeganAnew() {
        let before = PrometheusText("c{e=\"0\"} 10\nc{e=\"1\"} 5").series(named: "c")
        let after = PrometheusText("c{e=\"0\"} 14\nc{e=\"1\"} 2\nc{e=\"2\"} 1").series(named: "c")
        let increase = after.increase(since: before)
        #expect(increase.sums(by: "e") == ["0": 4, "1": 2, "2": 1])
    }

    @Test func textOfAnyBytesIsSurvived() {
        var generator = SplitMix(state: 7)
        let alphabet = Array("ab{}=\",\\ \t\r\n#:_0123456789.eE+-NaNInf\u{E9}".utf8)
        for _ in 0..<300 {
            let bytes = (0..<Int(generator.next() % 120)).map { _ in
                alphabet[Int(generator.next() % UInt64(alphabet.count))]
            }
            let text = PrometheusText(bytes)
            for name in text.names {
                _ = text.series(named: name)
                _ = text.histogram(named: name)
            }
        }
    }
}

/// A generator of the same numbers each time.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
