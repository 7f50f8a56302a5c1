// Inferometer
// SPDX-License-Identifier: Apache-2.0

import TelemetryCatalog
import TelemetryCore

extension CatalogSelection {
    /// The selection for scripts: an array for each part that was asked for, in which unknown is null.
    var json: JSONValue {
        .object(
            parts.map { part in
                let values: [JSONValue] =
                    switch part {
                    case .accelerators: accelerators.map(Self.json)
                    case .models: models.map(Self.json)
                    case .prices: offers.map(Self.json)
                    }
                return JSONValue.Member(key: part.rawValue, value: .array(values))
            }
        )
    }

    private static func json(_ accelerator: AcceleratorSpecification) -> JSONValue {
        func peak(_ precision: AcceleratorSpecification.Precision) -> JSONValue {
            .number(accelerator.peakFLOPS[precision].map { $0 / 1e12 })
        }
        return .pairs([
            "vendor": .string(accelerator.vendor),
            "name": .string(accelerator.name),
            "bf16_dense_tflops": peak(.bf16),
            "fp16_dense_tflops": peak(.fp16),
            "fp8_dense_tflops": peak(.fp8),
            "memory_bandwidth_gb_per_second": .number(accelerator.memoryBytesPerSecond.map { $0 / 1e9 }),
            "memory_gb": .number(accelerator.memoryGigabytes),
            "design_power_watts": .number(accelerator.thermalDesignPower?.watts),
            "confidence": .string(accelerator.confidence.rawValue),
            "basis": .string(accelerator.basis),
            "notes": .string(accelerator.notes.isEmpty ? nil : accelerator.notes),
            "source": .string(accelerator.source),
            "verification": .string(accelerator.verification),
        ])
    }

    private static func json(_ model: ModelSpecification) -> JSONValue {
        .pairs([
            "name": .string(model.name),
            "parameters": .number(model.size.parameters),
            "active_parameters": .number(model.size.activeParameters),
            "bytes_per_parameter": .number(model.size.bytesPerParameter),
            "is_estimated": .bool(model.isEstimated),
            "source": .string(model.sourceText),
        ])
    }

    private static func json(_ offer: Offer) -> JSONValue {
        let price = offer.model.price
        let tiers = price.tiers.map { tier in
            JSONValue.pairs([
                "above_prompt_tokens": .integer(tier.limit),
                "input_usd_per_token": .number(tier.input),
                "output_usd_per_token": .number(tier.output),
                "cached_input_usd_per_token": .number(tier.cachedInput),
                "cache_write_usd_per_token": .number(tier.cacheWrite),
            ])
        }
        return .pairs([
            "seller": .string(offer.model.seller.rawValue),
            "model": .string(offer.model.model),
            "input_usd_per_token": .number(price.input),
            "output_usd_per_token": .number(price.output),
            "cached_input_usd_per_token": .number(price.cachedInput),
            "cache_write_usd_per_token": .number(price.cacheWrite),
            "reasoning_usd_per_token": .number(price.reasoning),
            "tiers": .array(tiers),
            "source": .string(offer.source),
        ])
    }
}

extension ModelSpecification {
    /// Where the size comes from, in words.
    var sourceText: String {
        switch source {
        case .engine: "the engine says so"
        case .catalog(let publication): publication
        case .name: "read off the name: an estimate"
        }
    }
}
