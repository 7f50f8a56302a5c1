# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""How the store of OpenJarvis writes, reproduced: its table, one row of plain values a call, 50 rows a commit."""
import sqlite3
import time

COLUMNS = """timestamp REAL, model_id TEXT, engine TEXT, agent TEXT, prompt_tokens INTEGER, prompt_tokens_evaluated INTEGER,
completion_tokens INTEGER, total_tokens INTEGER, latency_seconds REAL, ttft REAL, cost_usd REAL, energy_joules REAL,
power_watts REAL, gpu_utilization_pct REAL, gpu_memory_used_gb REAL, gpu_temperature_c REAL, throughput_tok_per_sec REAL,
prefill_latency_seconds REAL, decode_latency_seconds REAL, energy_method TEXT, energy_vendor TEXT, batch_id TEXT,
is_warmup INTEGER, cpu_energy_joules REAL, gpu_energy_joules REAL, dram_energy_joules REAL, tokens_per_joule REAL,
energy_per_output_token_joules REAL, throughput_per_watt REAL, prefill_energy_joules REAL, decode_energy_joules REAL,
mean_itl_ms REAL, median_itl_ms REAL, p90_itl_ms REAL, p95_itl_ms REAL, p99_itl_ms REAL, std_itl_ms REAL,
is_streaming INTEGER, token_counting_version INTEGER, mining_session_id TEXT, metadata TEXT"""
NAMES = [column.split()[0] for column in COLUMNS.replace("\n", " ").split(",")]
BATCH = 50


def record(number):
    """A call's values, as such a program has them: an object of fields."""
    latency = 1.0 + number % 100 / 50
    return dict(zip(NAMES, (
        1.79e9 + number, "llama-3.3-70b-instruct", "vllm", f"agent-{number % 20}", 500 + number % 900, 500, 300, 800 + number % 900,
        latency, 0.08, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 300 / latency, 0.08, latency - 0.08, "", "", "batch-1", 0, 0.0, 0.0,
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 6.1, 6.0, 7.0, 8.0, 9.0, 1.2, 1, 2, None, "{}")))


def rows_a_second(path, rows):
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"CREATE TABLE telemetry (id INTEGER PRIMARY KEY AUTOINCREMENT, {COLUMNS})")
    statement = f"INSERT INTO telemetry ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})"
    records = [record(number) for number in range(rows)]
    began = time.perf_counter()
    for start in range(0, rows, BATCH):
        values = [tuple(made[name] for name in NAMES) for made in records[start:start + BATCH]]
        database.executemany(statement, values)
        database.commit()
    taken = time.perf_counter() - began
    database.close()
    return rows / taken
