// Inferometer
// SPDX-License-Identifier: Apache-2.0

import InferenceWire
import Testing

@Suite struct PrometheusHistogramTests {
    private func histogram(_ text: String) -> PrometheusHistogram {
        PrometheusText(text).histogram(named: "h")
    }

    @Test func quantilesInterpolateWithinTheirBucket() {
        let histogram = histogram(
            "h_bucket{le=\"1\"} 2\nh_bucket{le=\"3\"} 6\nh_bucket{le=\"+Inf\"} 6\nh_sum 9\nh_count 6"
        )
        #expect(histogram.quantile(0.5)?.value == 1.5)
        #expect(histogram.quantile(0)?.value == 0)
        #expect(histogram.quantile(1)?.value == 3)
        #expect(histogram.mean == 1.5)
    }

    @Test func beyondTheLastBoundIsClampedAndMarked() {
        let histogram = histogram("h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 4")
        #expect(histogram.quantile(0.5) == .init(value: 1, isClamped: false))
        #expect(histogram.quantile(0.9) == .init(value: 1, isClamped: true))
        #expect(histogram.count == nil, "the scrape states none")
        #expect(histogram.observations == 4)
    }

    @Test func withoutInfinityTheCountTellsWhatLiesBeyond() {
        #expect(histogram("h_bucket{le=\"1\"} 2\nh_count 4").quantile(0.9) == .init(value: 1, isClamped: true))
        #expect(histogram("h_bucket{le=\"1\"} 2").quantile(0.5) == .init(value: 0.5, isClamped: false))
    }

    @Test func aFirstBucketBelowZeroHasNoLowerBound() {
        let histogram = histogram("h_bucket{le=\"-1\"} 4\nh_bucket{le=\"0\"} 8\nh_bucket{le=\"+Inf\"} 8")
        #expect(histogram.quantile(0.25)?.value == -1)
        #expect(histogram.quantile(0.75)?.value == -0.5)
    }

    @Test(arguments: ["", "h_bucket{le=\"1\"} 0\nh_bucket{le=\"+Inf\"} 0", "h_bucket{le=\"+Inf\"} 5", "h_bucket 5"])
    func withoutObservationsOrBoundsThereIsNoQuantile(text: String) {
        #expect(histogram(text).quantile(0.5) == nil)
    }

    @Test func seriesWithDifferentBoundsAreSummed() {
        let histogram = histogram(
            """
            h_bucket{le="1",e="0"} 1
            h_bucket{le="3",e="0"} 4
            h_bucket{le="+Inf",e="0"} 4
            h_bucket{le="2",e="1"} 2
            h_bucket{le="+Inf",e="1"} 3
            """
        )
        #expect(histogram.buckets.map(\.bound) == [1, 2, 3, .infinity])
        #expect(histogram.buckets.map(\.count) == [1, 3, 6, 7])
    }

    @Test func betweenScrapesOnlyTheNewCounts() {
        let before = histogram(
            "h_bucket{le=\"1\"} 90\nh_bucket{le=\"2\"} 90\nh_bucket{le=\"+Inf\"} 90\nh_sum 45\nh_count 90"
        )
        let after = histogram(
            "h_bucket{le=\"1\"} 90\nh_bucket{le=\"2\"} 100\nh_bucket{le=\"+Inf\"} 100\nh_sum 60\nh_count 100"
        )
        #expect(after.quantile(0.5)?.value ?? 0 < 1)
        let between = after.increase(since: before)
        #expect(between.quantile(0.5)?.value == 1.5)
        #expect(between.count == 10)
        #expect(between.mean == 1.5)
        #expect(after.increase(since: after).quantile(0.5) == nil)
    }

    @Test func aRestartBetweenScrapesCountsWhole() {
        let before = histogram("h_bucket{le=\"1\",e=\"0\"} 50\nh_bucket{le=\"+Inf\",e=\"0\"} 50")
        let after = histogram("h_bucket{le=\"1\",e=\"0\"} 3\nh_bucket{le=\"+Inf\",e=\"0\"} 4")
        #expect(after.increase(since: before).buckets.map(\.count) == [3, 4])
    }

    @Test func quantilesNeverFall() {
        let histogram = histogram("h_bucket{le=\"0.1\"} 10\nh_bucket{le=\"0.2\"} 5\nh_bucket{le=\"+Inf\"} 20")
        let values = stride(from: 0.0, through: 1, by: 0.01).compactMap { histogram.quantile($0)?.value }
        #expect(values == values.sorted())
    }
}
