# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""How the store of OpenJarvis writes, reproduced: an object a call, one row of plain values, 50 rows a commit."""
import dataclasses
import json
import sqlite3
import threading
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

Record = dataclasses.make_dataclass("Record", NAMES)


def record(number):
    """A call, as such a program has it."""
    latency = 1.0 + number % 100 / 50
    return Record(
        1.79e9 + number, "llama-3.3-70b-instruct", "vllm", f"agent-{number % 20}", 500 + number % 900, 500, 300,
        800 + number % 900, latency, 0.08, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 300 / latency, 0.08, latency - 0.08, "", "", "batch-1",
        False, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 6.1, 6.0, 7.0, 8.0, 9.0, 1.2, True, 2, None, {})


class Store:
    """Rows wait in a list under a lock and are written fifty at once."""

    def __init__(self, path):
        self.database = sqlite3.connect(path)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = NORMAL")
        columns = ", ".join(f"{column.strip()} NOT NULL" if "version" not in column and "mining" not in column else column
                            for column in COLUMNS.replace("\n", " ").split(","))
        self.database.execute(f"CREATE TABLE telemetry (id INTEGER PRIMARY KEY AUTOINCREMENT, {columns})")
        self.insert = f"INSERT INTO telemetry ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})"
        self.lock, self.waiting = threading.Lock(), []

    def record(self, call):
        with self.lock:
            self.waiting.append(self.row(call))
            if len(self.waiting) >= BATCH:
                self.flush()

    @staticmethod
    def row(r):
        return (r.timestamp, r.model_id, r.engine, r.agent, r.prompt_tokens, r.prompt_tokens_evaluated, r.completion_tokens,
                r.total_tokens, r.latency_seconds, r.ttft, r.cost_usd, r.energy_joules, r.power_watts,
                r.gpu_utilization_pct, r.gpu_memory_used_gb, r.gpu_temperature_c, r.throughput_tok_per_sec,
                r.prefill_latency_seconds, r.decode_latency_seconds, r.energy_method, r.energy_vendor, r.batch_id,
                1 if r.is_warmup else 0, r.cpu_energy_joules, r.gpu_energy_joules, r.dram_energy_joules,
                r.tokens_per_joule, r.energy_per_output_token_joules, r.throughput_per_watt, r.prefill_energy_joules,
                r.decode_energy_joules, r.mean_itl_ms, r.median_itl_ms, r.p90_itl_ms, r.p95_itl_ms, r.p99_itl_ms,
                r.std_itl_ms, 1 if r.is_streaming else 0, r.token_counting_version, r.mining_session_id,
                json.dumps(r.metadata))

    def flush(self):
        self.database.executemany(self.insert, self.waiting)
        self.database.commit()
        self.waiting.clear()


def rows_a_second(path, rows):
    store = Store(path)
    calls = [record(number) for number in range(rows)]
    began = time.perf_counter()
    for call in calls:
        store.record(call)
    with store.lock:
        store.flush()
    taken = time.perf_counter() - began
    store.database.close()
    return rows / taken
