// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import TelemetryCore

/// Records for tests: of which little is known, and of which much is.
public enum ExampleRecords {
    /// A record of which only identity and time are known; another for each number.
    public static func sparse(_ number: Int) -> TelemetryRecord {
        TelemetryRecord(id: id(number), timestamp: time(number))
    }

    /// A streamed call with tokens, times to the microsecond, energy to the nanojoule and a price.
    public static func full(_ number: Int) -> TelemetryRecord {
        var record = sparse(number)
        record.identity = identity(number)
        record.result = CallResult(outcome: .completed, httpStatus: 200, finishReason: "stop")
        record.tokens.prompt = 100 + number
        record.tokens.cached = 32
        record.tokens.promptEvaluated = 68 + number
        record.tokens.completion = 20
        record.tokens.reasoning = 0
        record.tokens.source = .usage
        record.timing.latency = .microseconds(1_234_567)
        record.timing.timeToFirstToken = .microseconds(45_678)
        record.timing.timeToFirstAnswer = .microseconds(45_678)
        record.timing.timePerOutputToken = .microseconds(61_000)
        record.timing.chunkCount = 20
        record.energy = energy
        record.price.costUSD = 0
        record.price.source = "local"
        record.methodologyVersion = TelemetryRecord.currentMethodologyVersion
        record.tokenCountingVersion = TelemetryRecord.currentTokenCountingVersion
        return record
    }

    /// A call that failed, with texts that a careless encoder breaks on.
    public static func awkward(_ number: Int) -> TelemetryRecord {
        var record = sparse(number)
        record.identity.operation = .message
        record.identity.model = "mödel \"\(number)\", \\ 模型 🔋\n'; --"
        record.identity.requestedModel = record.identity.model
        record.identity.metadata = CallMetadata([(key: "a\"b", value: "c\u{1}\u{7F}\u{2028}")])
        record.result = CallResult(outcome: .failed, httpStatus: 503, errorKind: .serverStatus)
        record.tokens.completion = 0
        record.tokens.source = .chunks
        record.timing.latency = .zero
        record.energy = CallEnergy(absent: "remote")
        record.price.costUSD = 1e-9
        return record
    }

    private static func identity(_ number: Int) -> CallIdentity {
        var identity = CallIdentity()
        identity.operation = .chat
        identity.engine = .llamaCpp
        identity.upstream = "127.0.0.1:8080"
        identity.requestedModel = "llama"
        identity.model = "llama-3.2-1b"
        identity.agent = "agent \(number % 3)"
        identity.session = "session"
        identity.batch = "batch"
        identity.isWarmup = number.isMultiple(of: 2)
        identity.isStreaming = true
        return identity
    }

    private static var energy: CallEnergy {
        var energy = CallEnergy()
        energy.total = .nanojoules(12_345_678_901)
        energy.dynamic = .joules(10)
        energy.idle = .nanojoules(2_345_678_901)
        energy.bound = .nanojoules(250_000_000)
        energy.prefill = .joules(2)
        energy.decode = .joules(10)
        energy.gpu = .nanojoules(12_345_678_901)
        energy.peakPower = .watts(310)
        energy.method = "hw_counter"
        energy.vendor = "nvidia"
        energy.sharing = "shared(2)"
        energy.devices = ["GPU-0"]
        return energy
    }

    private static func id(_ number: Int) -> RecordID {
        RecordID(high: 0x0197_A3B2_11C4_7000, low: 0x8000_0000_0000_0000 | UInt64(clamping: number))
    }

    private static func time(_ number: Int) -> WallTime {
        WallTime(microsecondsSinceEpoch: 1_764_000_000_000_000 + Int64(number) * 1_000)
    }
}
