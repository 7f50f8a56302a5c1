// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension CallTally {
    /// Adds a call.
    package mutating func add(_ call: CallMeasures) {
        self[.calls] += 1
        addTokens(of: call)
        addTimes(of: call)
        addMoney(of: call)
        addEnergy(of: call)
        addUse(of: call)
    }

    /// Adds what the devices did during a call, which is known no earlier than its energy.
    package mutating func addUse(of call: CallMeasures) {
        add(call.gpuUtilization, .gpuUtilization, .gpuUtilizationCount)
    }

    /// Adds the energy of a call that was added before without it.
    package mutating func addEnergy(of call: CallMeasures) {
        add(call.energy, .energy, .energyCount)
        add(call.prefillEnergy, .prefillEnergy, .prefillEnergyCount)
        add(call.decodeEnergy, .decodeEnergy, .decodeEnergyCount)
        guard let energy = call.energy else { return }
        if let tokens = call.completionTokens {
            self[.poweredTokens] += tokens
            self[.poweredEnergy] += energy
            self[.poweredCount] += 1
        }
        if let tokens = call.totalTokens {
            self[.poweredTotalTokens] += tokens
            self[.poweredTotalEnergy] += energy
        }
    }

    /// Adds the money of a call's electricity, which is known no earlier than its energy.
    package mutating func addMoney(of call: CallMeasures) {
        add(call.cost, .cost, .costCount)
        add(call.electricityCost, .electricityCost, .electricityCostCount)
        add(call.carbon, .carbon, .carbonCount)
    }

    private mutating func addTokens(of call: CallMeasures) {
        add(call.promptTokens, .promptTokens, .promptTokensCount)
        add(call.cachedTokens, .cachedTokens, .cachedTokensCount)
        add(call.promptTokensEvaluated, .promptTokensEvaluated, .promptTokensEvaluatedCount)
        add(call.completionTokens, .completionTokens, .completionTokensCount)
        add(call.reasoningTokens, .reasoningTokens, .reasoningTokensCount)
        add(call.totalTokens, .totalTokens, .totalTokensCount)
    }

    private mutating func addTimes(of call: CallMeasures) {
        add(call.latency, .latency, .latencyCount)
        add(call.timeToFirstToken, .timeToFirstToken, .timeToFirstTokenCount)
        if let latency = call.latency {
            add(latency / 1e6, to: .latency)
            addPace(of: call, latency: latency)
        }
        if let first = call.timeToFirstToken { add(first / 1e6, to: .timeToFirstToken) }
        if let pace = call.timePerOutputToken { add(pace / 1e9, to: .timePerOutputToken) }
        if let median = call.medianGap { add(median / 1e9, to: .medianGap) }
        if let p95 = call.p95Gap { add(p95 / 1e9, to: .p95Gap) }
        if let mean = call.meanGap {
            let weight = call.gapCount ?? max(1, (call.completionTokens ?? 2) - 1)
            self[.gapWeight] += weight
            self[.weightedGap] += mean * weight
            self[.gapCount] += 1
        }
    }

    private mutating func addPace(of call: CallMeasures, latency: Double) {
        guard let tokens = call.completionTokens else { return }
        self[.timedTokens] += tokens
        self[.timedLatency] += latency
        self[.timedCount] += 1
        if latency > 0 { add(tokens / (latency / 1e6), to: .throughput) }
    }

    private mutating func add(_ value: Double?, _ sum: TallyColumn, _ count: TallyColumn) {
        guard let value else { return }
        self[sum] += value
        self[count] += 1
    }
}
