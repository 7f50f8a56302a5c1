// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Every symbol that the article "From OpenJarvis's Python to Swift" promises, named from outside the package: what is not
// public under that very name does not compile here.

import Telemetry
import TelemetryExport
import TelemetryStorage

let types: [Any.Type] = [
    TelemetryRecord.self, TelemetryStore.self, TelemetryAggregator.self, AggregatedStatistics.self,
    ModelStatistics.self,
    EngineStatistics.self, (any EnergyMonitor).self, EnergySample.self, EnergyVendor.self, EnergyMonitorFactory.self,
    NVIDIAEnergyMonitor.self, AMDEnergyMonitor.self, AppleEnergyMonitor.self, RAPLEnergyMonitor.self,
    IntelGPUEnergyMonitor.self, JetsonEnergyMonitor.self, GPUMonitor.self, GPUSample.self, GPUSnapshot.self,
    AcceleratorSpecification.self, AcceleratorCatalog.self, ModelCatalog.self, TelemetrySession.self,
    TelemetrySample.self,
    PhaseMetrics.self, EnergyBatch.self, BatchMetrics.self, SteadyStateDetector.self, SteadyStateConfiguration.self,
    SteadyStateResult.self, InterTokenLatencyStatistics.self, ModelFLOPs.self, EfficiencyMetrics.self,
    InstrumentedEngine<OllamaEngine>.self, EventBus.self, TelemetryEvent.self, VLLMMetricsScraper.self,
    VLLMMetrics.self,
    RecordJSON.self, RecordCSV.self,
]

func storeNames(_ store: TelemetryStore, _ record: TelemetryRecord, _ bus: EventBus) async throws {
    store.record(record)
    try await store.flush()
    _ = try await store.recentRecords(limit: 1)
    store.subscribe(to: bus)
    try await store.clear()
    try await store.close()
}

func aggregatorNames(_ aggregator: TelemetryAggregator, _ range: TimeRange) async throws {
    _ = try await aggregator.summary(in: range)
    _ = try await aggregator.statisticsByModel(in: range)
    _ = try await aggregator.statisticsByEngine(in: range)
    _ = try await aggregator.statisticsByBatch(in: range, excludingWarmup: true)
    _ = try await aggregator.topModels(3, in: range)
    for try await _ in aggregator.records(in: range) {}
    _ = try await aggregator.recordCount()
}

func energyNames(_ span: ClosedRange<MonotonicInstant>) async throws {
    let monitor = EnergyMonitorFactory.makeMonitor(preferring: .nvidia)
    _ = (monitor.vendor, monitor.statuses, monitor.sensors.map(\.method), monitor.snapshot())
    _ = await withEnergySample(monitor: monitor) { 1 }
    _ = try await GPUMonitor(monitor: monitor).sample { 1 }
    try await withTelemetrySession(monitor: monitor) { session in
        _ = (session.samples(in: span), session.energy(in: span), session.meanPower(in: span))
        _ = PhaseMetrics(of: session, in: span.lowerBound..<span.upperBound, tokens: 1)
        _ = try splitAtFirstToken(
            of: session,
            from: span.lowerBound,
            firstToken: span.lowerBound,
            to: span.upperBound,
            inputTokens: 1,
            outputTokens: 1
        )
        let batch = EnergyBatch(session: session)
        await batch.sample { $0.recordRequest(tokens: 1) }
    }
    monitor.close()
}

func calculationNames(_ size: ModelSize, _ peaks: AcceleratorPeaks) throws {
    var detector = try SteadyStateDetector(configuration: SteadyStateConfiguration())
    _ = try detector.record(throughput: 1)
    _ = try InterTokenLatencyStatistics(tokenTimes: [Duration.zero])
    let flops = try ModelFLOPs.estimate(size, inputTokens: 1, outputTokens: 1)
    _ = try ModelFLOPs.withoutKVCache(size, inputTokens: 1, outputTokens: 1)
    _ = try ModelFLOPs.modelFLOPsUtilization(flops: flops.total, duration: .seconds(1), peak: peaks.flopsPerSecond)
    _ = try EfficiencyMetrics(model: size, accelerator: peaks, tokensPerSecond: 1)
    _ = AcceleratorCatalog.specification(forDeviceNamed: "NVIDIA L4")
    _ = ModelCatalog.specification(forModelNamed: "qwen3:8b")
}

func callNames(_ engine: OllamaEngine, _ request: InferenceRequest, _ bus: EventBus) async throws {
    _ = try await instrumentedGenerate(engine, request, bus: bus)
    _ = try await VLLMMetricsScraper(address: "http://127.0.0.1:8000").scrape()
}

print("\(types.count) names")
