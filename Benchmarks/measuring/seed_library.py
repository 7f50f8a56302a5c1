# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""How the library of OpenJarvis works on these tasks, reproduced by its shape: the yardstick of ours."""
import asyncio
import collections
import dataclasses
import random
import re
import statistics
import threading
import time

from . import seed_store

BATCHES = 7


def median_seconds(body, times=BATCHES):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        body()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


# A session: samples in a ring, of which a window is every one that lies in it.

@dataclasses.dataclass
class Sample:
    timestamp_ns: int
    gpu_power_w: float = 0.0
    cpu_power_w: float = 0.0
    gpu_energy_j: float = 0.0
    cpu_energy_j: float = 0.0
    gpu_util_pct: float = 0.0
    gpu_temp_c: float = 0.0
    gpu_mem_gb: float = 0.0


def window_seconds(samples):
    """The energy of windows of 100 samples among so many."""
    ring = collections.deque((Sample(number * 100_000_000, 300.0, 50.0) for number in range(samples)), maxlen=samples)

    def energy(start, end):
        inside = [sample for sample in ring if start <= sample.timestamp_ns <= end]
        gpu = cpu = 0.0
        for before, after in zip(inside, inside[1:]):
            step = (after.timestamp_ns - before.timestamp_ns) / 1e9
            gpu += 0.5 * (before.gpu_power_w + after.gpu_power_w) * step
            cpu += 0.5 * (before.cpu_power_w + after.cpu_power_w) * step
        return gpu, cpu
    starts = [random.randrange(samples - 200) * 100_000_000 for _ in range(BATCHES)]
    return median_seconds(lambda: energy(starts[0], starts.append(starts.pop(0)) or starts[-1] + 10_000_000_000))


# An instrumented call: a start, an end and a record on a bus, a row in the store.

class Bus:
    def __init__(self):
        self.listeners, self.lock = collections.defaultdict(list), threading.Lock()

    def publish(self, kind, data):
        event = {"type": kind, "timestamp": time.time(), "data": data}
        with self.lock:
            present = list(self.listeners[kind])
        for listener in present:
            listener(event)


class Engine:
    engine_id = "instant"

    def generate(self, messages, model=""):
        return {"content": "word", "usage": {"prompt_tokens": 500, "completion_tokens": 300, "total_tokens": 800},
                "model": model, "finish_reason": "stop"}

    async def stream(self, messages, model="", count=0):
        for _ in range(count):
            yield "word"


class Instrumented:
    """The values that such a wrapper derives of each call, and what it tells."""

    def __init__(self, engine, bus):
        self.engine, self.bus = engine, bus

    def generate(self, messages, model=""):
        self.bus.publish("start", {"model": model, "message_count": len(messages)})
        began = time.time()
        result = self.engine.generate(messages, model=model)
        latency = time.time() - began
        usage = result.get("usage", {})
        tokens, prompt = usage.get("completion_tokens", 0), usage.get("prompt_tokens", 0)
        ttft = result.get("ttft", 0.0)
        found = {"latency": latency, "ttft": ttft, "throughput_tok_per_sec": tokens / latency if latency > 0 else 0.0,
                 "energy_per_output_token_joules": 0.0, "throughput_per_watt": 0.0, "energy_joules": 0.0,
                 "power_watts": 0.0, "gpu_utilization_pct": 0.0, "gpu_memory_used_gb": 0.0, "gpu_temperature_c": 0.0,
                 "prefill_latency_seconds": ttft, "decode_latency_seconds": latency - ttft if ttft > 0 else 0.0,
                 "prefill_energy_joules": 0.0, "decode_energy_joules": 0.0, "mean_itl_ms": 0.0, "energy_method": "",
                 "energy_vendor": ""}
        record = seed_store.Record(
            timestamp=began, model_id=model, engine=getattr(self.engine, "engine_id", "unknown"), agent="",
            prompt_tokens=prompt, prompt_tokens_evaluated=prompt, completion_tokens=tokens, total_tokens=prompt + tokens,
            latency_seconds=latency, ttft=ttft, cost_usd=0.0, energy_joules=0.0, power_watts=0.0,
            gpu_utilization_pct=0.0, gpu_memory_used_gb=0.0, gpu_temperature_c=0.0,
            throughput_tok_per_sec=found["throughput_tok_per_sec"], prefill_latency_seconds=ttft,
            decode_latency_seconds=found["decode_latency_seconds"], energy_method="", energy_vendor="", batch_id="",
            is_warmup=False, cpu_energy_joules=0.0, gpu_energy_joules=0.0, dram_energy_joules=0.0, tokens_per_joule=0.0,
            energy_per_output_token_joules=0.0, throughput_per_watt=0.0, prefill_energy_joules=0.0,
            decode_energy_joules=0.0, mean_itl_ms=0.0, median_itl_ms=0.0, p90_itl_ms=0.0, p95_itl_ms=0.0, p99_itl_ms=0.0,
            std_itl_ms=0.0, is_streaming=False, token_counting_version=1, mining_session_id=None, metadata={})
        self.bus.publish("end", {"model": model, "usage": usage, **found, "content": result.get("content", ""),
                                 "tool_calls": result.get("tool_calls", []),
                                 "finish_reason": result.get("finish_reason", "")})
        self.bus.publish("record", {"record": record})
        result["_telemetry"] = dict(found)
        return result

    async def stream(self, messages, model="", count=0):
        began, times = time.time(), []
        async for token in self.engine.stream(messages, model=model, count=count):
            times.append(time.time())
            yield token
        gap_statistics([(after - before) * 1000 for before, after in zip(times, times[1:])] if times else [])
        self.bus.publish("end", {"model": model, "latency": time.time() - began})


def generate_seconds(path, calls=20_000):
    """What a call costs beyond the engine's own time, rows included."""
    bus, store = Bus(), seed_store.Store(path)
    bus.listeners["record"].append(lambda event: store.record(event["data"]["record"]))
    engine = Engine()
    wrapped = Instrumented(engine, bus)
    messages = [{"role": "user", "content": "Hello."}]
    bare = median_seconds(lambda: [engine.generate(messages, model="m") for _ in range(calls // BATCHES)])
    full = median_seconds(lambda: [wrapped.generate(messages, model="m") for _ in range(calls // BATCHES)])
    store.database.close()
    return (full - bare) / (calls // BATCHES)


def stream_seconds(tokens=50_000):
    """What a token of a stream costs beyond the engine's own time."""
    engine = Engine()
    wrapped = Instrumented(engine, Bus())

    async def read(source):
        async for _ in source.stream([], model="m", count=tokens):
            pass
    bare = median_seconds(lambda: asyncio.run(read(engine)), 3)
    return (median_seconds(lambda: asyncio.run(read(wrapped)), 3) - bare) / tokens


def publish_seconds(events=100_000):
    bus, seen = Bus(), []
    bus.listeners["event"].append(seen.append)
    return median_seconds(lambda: [bus.publish("event", {"id": 1}) for _ in range(events // BATCHES)]) / (events // BATCHES)


# Gaps between tokens.

def percentile(values, fraction):
    ordered = sorted(values)
    place = (len(ordered) - 1) * fraction
    below = int(place)
    if below + 1 >= len(ordered):
        return ordered[-1]
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


def gap_statistics(gaps):
    if not gaps:
        return {}
    return {"mean": statistics.mean(gaps), "median": statistics.median(gaps), "p90": percentile(gaps, 0.9),
            "p95": percentile(gaps, 0.95), "p99": percentile(gaps, 0.99),
            "std": statistics.stdev(gaps) if len(gaps) > 1 else 0.0}


def gap_seconds(tokens):
    chance = random.Random(42)
    times, now = [], 0.0
    for _ in range(tokens):
        now += 0.005 + chance.random() * 0.004
        times.append(now)

    def all_of_it():
        gap_statistics([(times[place] - times[place - 1]) * 1000 for place in range(1, len(times))])
    return median_seconds(all_of_it, 3)


# A scrape of an engine's metrics.

def histogram(text, name):
    buckets, total, count = [], 0.0, 0.0
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("#") or not line:
            continue
        if line.startswith(name + "_bucket"):
            bound = re.search(r'le="([^"]+)"', line)
            if bound:
                limit = float("inf") if bound.group(1) == "+Inf" else float(bound.group(1))
                buckets.append((limit, float(line.rsplit(" ", 1)[-1])))
        elif line.startswith(name + "_sum "):
            total = float(line.rsplit(" ", 1)[-1])
        elif line.startswith(name + "_count "):
            count = float(line.rsplit(" ", 1)[-1])
    return sorted(buckets), total, count


def quantile(buckets, fraction):
    if not buckets or buckets[-1][1] == 0:
        return 0.0
    wanted, before, below = fraction * buckets[-1][1], 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            if bound == float("inf"):
                return before
            return before + (bound - before) * ((wanted - below) / (count - below) if count > below else 0.0)
        before, below = bound, count
    return buckets[-1][0]


def gauge(text, name):
    for line in text.splitlines():
        line = line.strip()
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[-1])
    return 0.0


def scrape(text):
    first, _, _ = histogram(text, "vllm:time_to_first_token_seconds")
    whole, _, _ = histogram(text, "vllm:e2e_request_latency_seconds")
    return {"ttft_p50": quantile(first, 0.5), "ttft_p95": quantile(first, 0.95), "ttft_p99": quantile(first, 0.99),
            "e2e_latency_p50": quantile(whole, 0.5), "e2e_latency_p95": quantile(whole, 0.95),
            "gpu_cache_usage_pct": gauge(text, "vllm:gpu_cache_usage_perc"),
            "queue_depth": gauge(text, "vllm:num_requests_waiting")}


def scrape_seconds(text):
    return median_seconds(lambda: scrape(text), 21)
