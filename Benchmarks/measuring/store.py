# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""The store beside the bare SQLite C API and the store it succeeds."""
import pathlib
import sqlite3
import statistics
import subprocess
import time

from . import seed_store
from .processes import BINARY, CACHE, STORE, answer, compiled, output, peak_mb, wall_ms

ROUNDS = 3


def fresh(name):
    path = CACHE / name
    for file in CACHE.glob(name + "*"):
        file.unlink()
    return path


def rate(measured):
    return measured["rows"] / measured["seconds"]


def inserts(report, rows):
    raw = compiled("rawinsert", "-lsqlite3")
    ours, bare, seed = [], [], []
    for _ in range(ROUNDS):
        path = fresh("insert.db")
        measured = answer(STORE, "insert", path, rows)
        assert measured["dropped"] == 0
        ours.append(rate(measured))
        bare.append(rate(answer(raw, path, "call", fresh("raw.db"), 1000, 0)))
        seed.append(seed_store.rows_a_second(fresh("seed.db"), rows // 4))
    best = [statistics.median(values) for values in (ours, bare, seed)]
    yardstick = f"{best[0]:,.0f} rows/s; C API {best[1]:,.0f}, seed {best[2]:,.0f}"
    report.at_least("Store", "insert rate against the bare C API", best[0] / best[1], 0.7, yardstick, " x")
    report.at_least("Store", "insert rate against the seed's store", best[0] / best[2], 2, yardstick, " x")
    call = answer(STORE, "call", fresh("call.db"), 40_000)
    beside = f"p50 {call['p50_us']:.2f}, p99 {call['p99_us']:.2f}, clock read included"
    report.at_most("Store", "one record() on the caller's path, mean", call["mean_us"], 2, beside, " us")
    return best[2]


GROUP_BY = """SELECT model, count(*), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens), sum(total_tokens),
 sum(latency), avg(latency), sum(time_to_first_token), avg(time_to_first_token), avg(time_per_output_token), sum(cost),
 sum(energy), avg(energy), sum(prefill_energy), sum(decode_energy), avg(gpu_utilization), avg(gap_mean),
 avg(gap_median), avg(gap_p95) FROM call GROUP BY model"""


def scan_ms(path, sql):
    """The time of a statement over rows, in milliseconds; the second run, with warm pages."""
    with sqlite3.connect(path) as database:
        for _ in range(2):
            began = time.perf_counter()
            database.execute(sql).fetchall()
            taken = time.perf_counter() - began
    return taken * 1e3


def questions(report, rows):
    path = fresh("million.db")
    answer(STORE, "fill", path, rows, 90)
    size = path.stat().st_size / rows
    report.at_most("Store", f"size of a call, {rows:,} in 90 days, indexes and roll-ups included", size, 300, "file / rows", " B")
    asked = answer(STORE, "ask", path, 9)
    scan = scan_ms(path, GROUP_BY)
    beside = f"summary {asked['summary_ms']:.2f} ms, percentiles included; GROUP BY without them {scan:,.0f} ms"
    report.at_least("Store", "summary of all calls against GROUP BY over rows", scan / asked["summary_ms"], 200, beside, " x")
    report.at_most("Store", "summary of the last 24 hours", asked["last_day_ms"], 5, "in process", " ms")
    for name in ("agent", "session", "batch"):
        report.at_most("Store", f"grouping {rows:,} rows by {name}", asked[f"by_{name}_ms"] / 1e3, 2, "in process", " s")
    percentiles(report, path)
    return path


def percentiles(report, path):
    """What the sketches say against the rows themselves."""
    import json
    stats = json.loads(output(BINARY, "stats", "--json", "--database", path))
    worst = 0.0
    with sqlite3.connect(path) as database:
        for column, key, unit in (("time_to_first_token", "ttft", 1e6), ("latency", "latency", 1e6)):
            count = database.execute(f"SELECT count({column}) FROM call").fetchone()[0]
            for p in (50, 95, 99):
                true = database.execute(f"SELECT {column} FROM call WHERE {column} IS NOT NULL ORDER BY {column} "
                                        f"LIMIT 1 OFFSET {int((count - 1) * p / 100)}").fetchone()[0] / unit
                worst = max(worst, abs(stats[f"{key}_p{p}"] - true) / true)
    report.at_most("Store", "error of p50, p95, p99 of TTFT and latency", worst * 100, 1, "exact percentiles of the rows", " %")


def commands(report, path, rows, seed_rate):
    start = wall_ms(BINARY, "--version")
    some = output(BINARY, "list", "--json", "--limit", 1, "--database", path)
    name = some.split('"record_id":', 1)[1].split('"')[1]
    for what, arguments in (("list", ["list"]), ("list --json", ["list", "--json"]), ("show", ["show", name])):
        taken = wall_ms(BINARY, *arguments, "--database", path) - start
        report.at_most("Store", f"{what} on that file beyond process start", taken, 50, f"process start {start:.0f} ms", " ms")
    exported = fresh("calls.jsonl")
    seconds, peak = peak_mb(BINARY, "export", "--format", "jsonl", "--output", exported, "--database", path)
    report.at_most("Store", f"export of {rows:,} calls, resident", peak, 64, f"{rows / seconds:,.0f} calls/s", " MB")
    part = pathlib.Path(fresh("part.jsonl"))
    with open(exported) as source, open(part, "w") as target:
        target.writelines(line for line, _ in zip(source, range(rows // 5)))
    began = time.perf_counter()
    subprocess.run([BINARY, "import", part, "--database", fresh("imported.db")], check=True, stdout=subprocess.DEVNULL)
    found = (rows // 5) / (time.perf_counter() - began)
    report.at_least("Store", "import of JSONL against the seed's store", found / seed_rate, 1,
                    f"{found:,.0f} calls/s; seed {seed_rate:,.0f} rows/s", " x")


def measure(report, rows):
    print("Store", flush=True)
    seed_rate = inserts(report, min(rows, 200_000))
    path = questions(report, rows)
    commands(report, path, rows, seed_rate)
