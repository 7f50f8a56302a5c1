# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""The library beside the one that it succeeds, in one run."""
import subprocess

from . import seed_library
from .processes import BINARY, CACHE, YARDSTICKS, answer
from .store import fresh

LIBRARY = BINARY.parent / "LibraryBenchmark"
TOKENS = 100_000
BOUNDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560]
HISTOGRAMS = ["time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds",
              "request_queue_time_seconds", "request_inference_time_seconds", "request_prefill_time_seconds",
              "request_decode_time_seconds", "request_time_per_output_token_seconds", "request_prompt_tokens",
              "request_generation_tokens", "iteration_tokens_total"]
SERIES = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc", "prefix_cache_queries_total",
          "prefix_cache_hits_total", "num_preemptions_total", "prompt_tokens_total", "generation_tokens_total"]


def scrape_text(lines=2_000):
    """A scrape of vLLM with so many lines: each metric with its comments, the series of several engines under it."""
    engines = max(1, round(lines / (len(HISTOGRAMS) * (len(BOUNDS) + 3) + len(SERIES))))
    text = []
    for name in SERIES:
        text += [f"# HELP vllm:{name} What an engine counts.", f"# TYPE vllm:{name} gauge"]
        text += [f'vllm:{name}{{engine="{engine}",model_name="llama-3.3-70b-instruct"}} {engine + 3}.0'
                 for engine in range(engines)]
    for name in HISTOGRAMS:
        text += [f"# HELP vllm:{name} What an engine observes.", f"# TYPE vllm:{name} histogram"]
        for engine in range(engines):
            labels = f'engine="{engine}",model_name="llama-3.3-70b-instruct"'
            text += [f'vllm:{name}_bucket{{engine="{engine}",le="{bound}",model_name="llama-3.3-70b-instruct"}} '
                     f"{min(1000, place * place * 3 + engine)}.0" for place, bound in enumerate([*BOUNDS, "+Inf"])]
            text += [f"vllm:{name}_count{{{labels}}} 1000.0", f"vllm:{name}_sum{{{labels}}} 4321.5"]
    while len(text) < lines:
        text.append(f'python_gc_objects_collected_total{{generation="{len(text)}"}} {len(text)}.0')
    return "\n".join(text[:lines]) + "\n"


def counted(*command):
    """A command whose allocations are counted."""
    counter = CACHE / "countmalloc.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", counter, YARDSTICKS / "countmalloc.c"], check=True)
    return answer("env", f"LD_PRELOAD={counter}", *command)


def measure(report):
    print("Library", flush=True)
    ours, seed = answer(LIBRARY, "generate", fresh("generate.db"), 60_000), seed_library.generate_seconds(fresh("seed.db"))
    report.at_least("Library", "instrumented generate with store, overhead against the seed's", seed * 1e9 / ours["ns"], 10,
                    f"{ours['ns'] / 1e3:.2f} us a call; seed {seed * 1e6:.1f} us", " x")
    ours, seed = answer(LIBRARY, "stream", 200_000), seed_library.stream_seconds()
    report.at_most("Library", "instrumented stream, overhead a token", ours["ns"] / 1e3, 1,
                   f"bare stream {ours['bare_ns']:.0f} ns; the seed's overhead {seed * 1e6:.2f} us", " us")
    report.at_most("Library", "allocations a token in a stream", counted(LIBRARY, "stream", 200_000)["allocations"], 0.01,
                   "calls of malloc beyond the bare stream's, those of a growing array spread over the tokens")
    ours, seed = answer(LIBRARY, "publish", 1_000_000), seed_library.publish_seconds()
    report.at_most("Library", "an event published to one subscriber", ours["ns"], 200, f"seed {seed * 1e9:.0f} ns", " ns")
    ours, seed = answer(LIBRARY, "itl", TOKENS, 50), seed_library.gap_seconds(TOKENS)
    report.at_least("Library", f"statistics of the gaps of {TOKENS:,} tokens against the seed's", seed * 1e3 / ours["ms"], 20,
                    f"{ours['ms']:.2f} ms; seed {seed * 1e3:.0f} ms", " x")
    text = scrape_text()
    path = fresh("metrics.txt")
    path.write_text(text)
    ours, seed = answer(LIBRARY, "metrics", path, 400), seed_library.scrape_seconds(text)
    report.at_least("Library", f"metrics of {len(text.splitlines()):,} lines parsed against the seed's", seed * 1e6 / ours["us"],
                    10, f"{ours['us']:.0f} us, all engines summed; seed {seed * 1e6:.0f} us", " x")
