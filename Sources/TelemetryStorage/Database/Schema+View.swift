// Inferometer
// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// The columns of the OpenJarvis table, so that a tool written for that file reads ours.
    ///
    /// What was not measured is NULL. A total that an imported row left out stays out; `call` has the parts.
    static let view = """
        CREATE VIEW telemetry AS
        SELECT
            c.id AS id,
            c.timestamp / 1e6 AS timestamp,
            model.text AS model_id,
            engine.text AS engine,
            agent.text AS agent,
            c.prompt_tokens AS prompt_tokens,
            c.prompt_tokens_evaluated AS prompt_tokens_evaluated,
            c.completion_tokens AS completion_tokens,
            CASE
                WHEN c.total_tokens IS NOT NULL OR c.methodology = 0 THEN c.total_tokens
                ELSE coalesce(c.prompt_tokens + c.completion_tokens, c.prompt_tokens, c.completion_tokens)
            END AS total_tokens,
            c.latency / 1e6 AS latency_seconds,
            c.time_to_first_token / 1e6 AS ttft,
            c.cost / 1e9 AS cost_usd,
            c.energy / 1e9 AS energy_joules,
            coalesce(x.given_power, c.energy / 1e3 / nullif(c.latency, 0)) AS power_watts,
            c.gpu_utilization AS gpu_utilization_pct,
            x.gpu_memory AS gpu_memory_used_gb,
            x.gpu_temperature AS gpu_temperature_c,
            coalesce(c.completion_tokens * 1e6 / nullif(c.latency, 0), x.given_tokens_per_second)
                AS throughput_tok_per_sec,
            coalesce(c.time_to_first_token / 1e6, x.given_prefill_latency) AS prefill_latency_seconds,
            coalesce(
                CASE WHEN c.time_to_first_token <= c.latency THEN (c.latency - c.time_to_first_token) / 1e6 END,
                x.given_decode_latency
            ) AS decode_latency_seconds,
            method.text AS energy_method,
            vendor.text AS energy_vendor,
            batch.text AS batch_id,
            (c.flags & 1) AS is_warmup,
            c.cpu_energy / 1e9 AS cpu_energy_joules,
            c.gpu_energy / 1e9 AS gpu_energy_joules,
            c.dram_energy / 1e9 AS dram_energy_joules,
            coalesce(c.completion_tokens * 1e9 / nullif(c.energy, 0), x.given_tokens_per_joule) AS tokens_per_joule,
            coalesce(c.energy / 1e9 / nullif(c.completion_tokens, 0), x.given_joules_per_token)
                AS energy_per_output_token_joules,
            coalesce(
                CASE WHEN x.given_power IS NOT NULL THEN x.given_throughput_per_watt END,
                CASE WHEN c.latency > 0 THEN c.completion_tokens * 1e9 / nullif(c.energy, 0) END,
                x.given_throughput_per_watt
            ) AS throughput_per_watt,
            c.prefill_energy / 1e9 AS prefill_energy_joules,
            c.decode_energy / 1e9 AS decode_energy_joules,
            CASE WHEN c.flags & 8 THEN c.gap_mean / 1e6 END AS mean_itl_ms,
            CASE WHEN c.flags & 8 THEN c.gap_median / 1e6 END AS median_itl_ms,
            CASE WHEN c.flags & 8 THEN c.gap_p90 / 1e6 END AS p90_itl_ms,
            CASE WHEN c.flags & 8 THEN c.gap_p95 / 1e6 END AS p95_itl_ms,
            CASE WHEN c.flags & 8 THEN c.gap_p99 / 1e6 END AS p99_itl_ms,
            CASE WHEN c.flags & 8 THEN c.gap_deviation / 1e6 END AS std_itl_ms,
            (c.flags >> 1 & 1) AS is_streaming,
            coalesce(x.token_counting_version, CASE WHEN c.methodology > 0 THEN 2 END) AS token_counting_version,
            x.mining_session AS mining_session_id,
            coalesce(c.metadata, '{}') AS metadata
        FROM call AS c
        LEFT JOIN call_extra AS x ON x.call = c.id
        LEFT JOIN label AS model ON model.id = c.model
        LEFT JOIN label AS engine ON engine.id = c.engine
        LEFT JOIN label AS agent ON agent.id = c.agent
        LEFT JOIN label AS batch ON batch.id = c.batch
        LEFT JOIN label AS method ON method.id = c.energy_method
        LEFT JOIN label AS vendor ON vendor.id = c.energy_vendor;
        """
}
