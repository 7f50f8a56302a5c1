# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""The proxy beside nginx on the same fast upstream: plain answers and streams."""
import contextlib
import json
import statistics
import subprocess

from .processes import (BINARY, CACHE, CONF, compiled, cpu_seconds, free_port, output, resident_mb, running,
                        serving, tree)

ROUNDS = 3
ANSWER = json.dumps({
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "word " * 60}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 12, "completion_tokens": 60, "total_tokens": 72}})


@contextlib.contextmanager
def servers():
    """The fast upstream, the stream upstream and nginx before both; gives their ports."""
    ports = {name: free_port() for name in ("UPSTREAM", "STREAMS", "NGINX", "NGINXSTREAMS")}
    for name in ("upstream", "proxy"):
        text = (CONF / f"{name}.conf").read_text().replace("@FOLDER@", str(CACHE)).replace("@ANSWER@", ANSWER)
        for key, port in ports.items():
            text = text.replace(f"@{key}@", str(port))
        (CACHE / f"{name}.conf").write_text(text)
    sse = compiled("sse")
    with contextlib.ExitStack() as stack:
        stack.enter_context(running(["nginx", "-p", CACHE, "-c", CACHE / "upstream.conf"], ports["UPSTREAM"]))
        stack.enter_context(running([sse, "serve", ports["STREAMS"]], ports["STREAMS"]))
        nginx = stack.enter_context(running(["nginx", "-p", CACHE, "-c", CACHE / "proxy.conf"], ports["NGINX"]))
        yield ports, sse, nginx


def wrk(port, concurrency, path="/v1/chat/completions", seconds=5, tries=3):
    text = output("wrk", "-t1", f"-c{concurrency}", f"-d{seconds}s", "--latency", "-s", CONF / "post.lua",
                  f"http://127.0.0.1:{port}{path}")
    found = json.loads(next(line for line in text.splitlines() if line.startswith("RESULT "))[7:])
    if found["errors"] and tries > 1:
        # On a busy machine a request can wait longer than wrk does: that run measured the machine.
        return wrk(port, concurrency, path, seconds, tries - 1)
    assert found["errors"] == 0, text
    return found["requests"] / found["seconds"], found["p50_us"]


def plain(report, ports, port):
    """Requests a second and medians, in turns."""
    ways = {"direct": (ports["UPSTREAM"], {}), "nginx": (ports["NGINX"], {}), "ours": (port, {}),
            "unmetered": (port, {"path": "/v1/other"})}
    for concurrency, goal in ((1, 0.65), (32, 0.5)):
        found = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, (at, options) in ways.items():
                found[name].append(wrk(at, concurrency, **options))
        rate = {name: statistics.median(pair[0] for pair in pairs) for name, pairs in found.items()}
        median = {name: statistics.median(pair[1] for pair in pairs) for name, pairs in found.items()}
        beside = ", ".join(f"{name} {value:,.0f}/s" for name, value in rate.items())
        section = "Proxy, not streamed"
        report.at_least(section, f"rate at {concurrency} against nginx", rate["ours"] / rate["nginx"], goal, beside, " x")
        report.at_least(section, f"metered rate at {concurrency} against an unmetered path",
                        rate["ours"] / rate["unmetered"], 0.9, beside, " x")
        if concurrency == 1:
            added = {name: median[name] - median["direct"] for name in ("nginx", "ours")}
            report.at_most(section, "added median latency against nginx's", added["ours"] / max(1, added["nginx"]), 2,
                           f"ours {added['ours']:.0f} us, nginx {added['nginx']:.0f} us", " x")


def stream(sse, port, streams, events, gap):
    return json.loads(output(sse, "load", port, streams, events, gap).strip().splitlines()[-1])


def per_event(pids, run):
    """CPU microseconds for each event of a run."""
    before = cpu_seconds(pids)
    found = run()
    return (cpu_seconds(pids) - before) / found["events"] * 1e6, found


def streams(report, ports, sse, nginx, process, port, minutes):
    section = "Proxy, streamed"
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(per_event(tree(nginx.pid), lambda: stream(sse, ports["NGINXSTREAMS"], 200, 200, 20))[0])
        ours.append(per_event([process.pid], lambda: stream(sse, port, 200, 200, 20))[0])
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    report.at_most(section, "CPU for an event against nginx", ours / theirs, 1.7,
                   f"ours {ours:.1f} us, nginx {theirs:.1f} us; 200 streams, an event every 20 ms", " x")

    firsts = {"direct": [], "ours": [], "nginx": []}
    for _ in range(ROUNDS):
        for name, at in (("direct", ports["STREAMS"]), ("nginx", ports["NGINXSTREAMS"]), ("ours", port)):
            firsts[name].append(json.loads(output(sse, "first", at, 200))["first_p50_ms"])
    median = {name: statistics.median(values) for name, values in firsts.items()}
    report.at_most(section, "first event later than direct, at 1", median["ours"] - median["direct"], 0.3,
                   ", ".join(f"{name} {value:.3f} ms" for name, value in median.items()), " ms")

    single = stream(sse, port, 1, 400, 10)
    report.at_most(section, "delay of an event in a lone stream, p99", single["delay_p99_ms"], 20,
                   "a wait for more bytes would show as 40 ms", " ms")

    direct = stream(sse, ports["STREAMS"], 500, 200, 50)
    memory, worst, events = [], 0.0, 0
    for _ in range(max(1, minutes)):
        found = stream(sse, port, 500, 1200, 50)
        memory.append(resident_mb(process.pid))
        worst = max(worst, found["delay_max_ms"])
        events += found["events"]
        last = found
    report.at_most(section, "500 streams at 20 events/s: longest delay of an event", worst, 1000,
                   f"p50 {last['delay_p50_ms']:.2f}, p99 {last['delay_p99_ms']:.2f}; direct p99 {direct['delay_p99_ms']:.2f} ms; "
                   f"{events:,} events, all streams whole", " ms")
    report.at_most(section, f"resident after each of {len(memory)} minutes, highest", max(memory), 100,
                   f"{memory[0]:.0f} MB after the first, {memory[-1]:.0f} after the last", " MB")
    if len(memory) > 2:
        report.at_most(section, "growth from the second minute to the last", memory[-1] - memory[1], 5, "flat", " MB")


def start(report):
    text = CACHE / "start.json"
    subprocess.run(["hyperfine", "-N", "--warmup", "10", "--runs", "100", "--style", "none", "--export-json", text,
                    f"{BINARY} --help"], check=True, stdout=subprocess.DEVNULL)
    median = json.loads(text.read_text())["results"][0]["median"] * 1e3
    report.at_most("Start", "`inferometer --help`", median, 30, "median of 100", " ms")


def measure(report, minutes):
    print("Proxy", flush=True)
    for file in CACHE.glob("proxy.db*"):
        file.unlink()
    with servers() as (ports, sse, nginx):
        with serving(f"http://127.0.0.1:{ports['UPSTREAM']}", CACHE / "proxy.db") as (_, port):
            plain(report, ports, port)
        with serving(f"http://127.0.0.1:{ports['STREAMS']}", CACHE / "proxy.db") as (process, port):
            streams(report, ports, sse, nginx, process, port, minutes)
