# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Energy: windows, ledger, sampler, what reading costs, and what it costs the proxy."""
import contextlib
import os
import pathlib
import shutil
import statistics
import tempfile
import threading
import time

from . import seed_library
from .processes import BINARY, CACHE, ROOT, answer, cpu_seconds, running, _pause
from .proxy import servers, wrk
from .store import fresh

ENERGY = BINARY.parent / "EnergyBenchmark"
FAKE_NVML = next((folder / "libFakeNVML.so" for folder in (BINARY.parent, ROOT / ".build/debug")
                  if (folder / "libFakeNVML.so").exists()), None)
POINTS = 100_000
SECTION = "Energy"


def move(counters, stop):
    """Lets the processor's counters run on, at 60 W and 10 W, as real ones do."""
    files = [os.open(path, os.O_WRONLY) for path in counters]
    began = time.monotonic()
    while not stop.wait(0.02):
        for file, watts in zip(files, (60, 10)):
            os.pwrite(file, b"%d\n" % (123_456_789 + int((time.monotonic() - began) * watts * 1e6)), 0)
    for file in files:
        os.close(file)


@contextlib.contextmanager
def fake_hardware():
    """Two cards and a processor that are not there, for whatever this process starts."""
    # In memory, as the kernel's own files are.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hardware", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    counters, stop = [], threading.Event()
    kept = {name: os.environ.get(name) for name in ("INFEROMETER_SYSFS_ROOT", "LD_LIBRARY_PATH", "FAKE_NVML_SCRIPT")}
    for place, name in (("intel-rapl:0", "package-0"), ("intel-rapl:0/intel-rapl:0:0", "dram")):
        zone = folder / "sys/devices/virtual/powercap/intel-rapl" / place
        zone.mkdir(parents=True)
        (zone / "name").write_text(name + "\n")
        (zone / "max_energy_range_uj").write_text("262143328850\n")
        counters.append(zone / "energy_uj")
        counters[-1].write_text("123456789\n")
        flat = folder / "sys/class/powercap" / place.split("/")[-1]
        flat.parent.mkdir(parents=True, exist_ok=True)
        flat.symlink_to(os.path.relpath(zone, flat.parent))
    os.environ["INFEROMETER_SYSFS_ROOT"] = str(folder)
    if FAKE_NVML:
        shutil.copy(FAKE_NVML, folder / "libnvidia-ml.so.1")
        (folder / "script").write_text("".join(
            f'device name="NVIDIA H100 80GB HBM3" uuid=GPU-{card} period_ms=100\npower 0:350\n' for card in "ab"))
        os.environ |= {"LD_LIBRARY_PATH": str(folder), "FAKE_NVML_SCRIPT": str(folder / "script")}
    mover = threading.Thread(target=move, args=(counters, stop), daemon=True)
    mover.start()
    try:
        yield
    finally:
        stop.set()
        mover.join()
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        shutil.rmtree(folder, ignore_errors=True)


def values(report):
    ours, seed = answer(ENERGY, "window", POINTS, 1_000_000), seed_library.window_seconds(POINTS)
    report.at_least(SECTION, f"energy of a window of {POINTS:,} samples against the seed's scan", seed * 1e9 / ours["ns"], 1_000,
                    f"{ours['ns']:.0f} ns; seed {seed * 1e3:.1f} ms", " x")
    ledger = answer(ENERGY, "ledger", 1_000, 900_000)
    assert ledger["conserved"] and ledger["active"] >= 990, ledger
    report.at_most(SECTION, "ledger, an event with 1,000 calls active", ledger["ns"] / 1e3, 1,
                   "publications and settling included; conserved to the nanojoule", " us")
    curves = answer(ENERGY, "curves")
    for publication in (20, 100):
        windows = curves[f"windows_{publication}"]
        report.at_most(SECTION, f"windows beyond their own bound, publication every {publication} ms",
                       curves[f"beyond_bound_{publication}"], 0, f"{windows:,} windows over 56 curves")
    report.at_most(SECTION, "median error of windows over 2 s, publication every 20 ms", curves["median_error_20"] * 100, 0.5,
                   f"at 100 ms {curves['median_error_100'] * 100:.2f} %", " %")
    report.at_most(SECTION, "bound of 10 s at steady load, publication every 100 ms", curves["steady_bound"] * 100, 3,
                   "the largest of 1,000 windows", " %")


def sampling(report):
    runs = [answer(ENERGY, "sampler", 10) for _ in range(3)]
    run = {key: statistics.median(one[key] for one in runs) for key in runs[0]}
    report.at_most(SECTION, "sampler at 1 kHz, of one core", run["percent"], 5, f"{run['readings']:.0f} readings in 10 s", " %")
    report.at_most(SECTION, "sampler at 1 kHz, lateness p99", run["late_p99_us"] / 1e3, 1,
                   f"p50 {run['late_p50_us']:.0f} us; deadlines that were passed over count", " ms")
    for mode, goal, words in (("always", 0.5, "at the default rates"), ("demand", 0.1, "while no call runs")):
        run = answer(ENERGY, "rates", "fake", mode, 20)
        with fake_hardware():
            real = answer(ENERGY, "rates", "real", mode, 20)
        report.at_most(SECTION, f"sampler {words}, of one core", run["percent"], goal,
                       f"fake sensors; with files and a library to read {real['percent']:.2f} %: {', '.join(real['sensors'])}",
                       " %")


def idle_serve(report):
    """The whole of `serve`, with every sensor and no call."""
    with fake_hardware():
        command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:9",
                   "--database", CACHE / "idle.db"]
        with running(command) as process:
            process.stdout.readline()
            _pause.wait(5)
            began = cpu_seconds([process.pid])
            _pause.wait(30)
            used = (cpu_seconds([process.pid]) - began) / 30
    report.add(SECTION, "serve with energy and no call, of one core", "-", f"{used * 100:.2f} %", "the whole process", None)


def rate(upstream, *options):
    """Requests a second through a `serve` of its own, at 32 connections."""
    command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--upstream", f"http://127.0.0.1:{upstream}",
               "--database", fresh("energy.db"), *options]
    with running(command) as process:
        port = int(process.stdout.readline().decode().rsplit(":", 1)[1])
        wrk(port, 32, seconds=1)
        return wrk(port, 32)[0]


def proxy(report):
    """The proxy's rate with energy against without, in turns before the same upstream."""
    rates = {"with": [], "without": []}
    with servers() as (ports, _, _), fake_hardware():
        for _ in range(5):
            for name, options in (("with", []), ("without", ["--no-energy"])):
                rates[name].append(rate(ports["UPSTREAM"], *options))
    pairs = [one / other for one, other in zip(rates["with"], rates["without"])]
    report.at_least(SECTION, "proxy's rate with energy against --no-energy", statistics.median(pairs), 0.95,
                    f"{statistics.median(rates['with']):,.0f} and {statistics.median(rates['without']):,.0f} requests/s", " x")


def measure(report):
    print("Energy", flush=True)
    values(report)
    sampling(report)
    idle_serve(report)
    proxy(report)
