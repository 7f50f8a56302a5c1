# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Servers that are started, measured and ended."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("CACHE", ROOT / ".cache")) / "bench"
BINARY = pathlib.Path(os.environ.get("INFEROMETER_BINARY", ROOT / ".build/release/inferometer"))
STORE = BINARY.parent / "StoreBenchmark"
YARDSTICKS = pathlib.Path(__file__).resolve().parents[1] / "yardsticks"
CONF = pathlib.Path(__file__).resolve().parents[1] / "conf"
TICK = os.sysconf("SC_CLK_TCK")
_pause = threading.Event()


def compiled(name, *libraries):
    """A yardstick in C, compiled."""
    out = CACHE / name
    subprocess.run(["cc", "-O2", "-o", out, YARDSTICKS / f"{name}.c", *libraries], check=True)
    return out


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def await_port(port, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing listens on port {port}")
        _pause.wait(0.02)


@contextlib.contextmanager
def running(command, port=None):
    """A process that lives as long as the block."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if port:
            await_port(port)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def serving(upstream, database):
    """`inferometer serve`; gives the process and its port."""
    command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--upstream", upstream, "--database", database]
    with running(command) as process:
        line = process.stdout.readline().decode()
        yield process, int(line.rsplit(":", 1)[1])


def tree(pid):
    """A process and its children."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def resident_mb(pid, field="VmRSS"):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(field + ":")) / 1024


def output(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options).stdout


def answer(*command):
    """The last line of a command's output, as JSON."""
    return json.loads(output(*command).strip().splitlines()[-1])


def wall_ms(*command, runs=20):
    """The median time of a command from start to end."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


def peak_mb(*command):
    """Seconds and the highest resident memory of a command."""
    began = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            peak = max(peak, resident_mb(process.pid, "VmHWM"))
        _pause.wait(0.01)
    return time.perf_counter() - began, peak
