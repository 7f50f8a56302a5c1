# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""`measure`: any command, before machines that are made up."""
import csv
import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from support.hardware import Powercap, fake_nvidia
from support.product import BINARY, environment
from support.waiting import until

PACKAGE, CORE, DRAM, PSYS = "intel-rapl:0", "intel-rapl:0/intel-rapl:0:0", "intel-rapl:0/intel-rapl:0:1", "intel-rapl:1"
KEYS = {"duration_seconds", "exit_code", "energy_joules", "energy_bound_joules", "energy_method", "energy_reason",
        "gpu_energy_joules", "cpu_energy_joules", "dram_energy_joules", "mean_power_watts", "peak_power_watts",
        "components"}


@pytest.fixture
def measure(tmp_path):
    """Runs `measure`; gives what came of it, the object parsed where one was asked for."""
    (tmp_path / "empty").mkdir()

    def run(*arguments, root=None, extra=None, check=None):
        surroundings = environment(tmp_path) | {"INFEROMETER_SYSFS_ROOT": str(root or tmp_path / "empty")} | (extra or {})
        done = subprocess.run([BINARY, "measure", *map(str, arguments)], env=surroundings, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=60)
        if check is not None:
            assert done.returncode == check, done.stderr
        done.report = json.loads(done.stdout) if "--json" in arguments and done.stdout else None
        return done
    return run


@pytest.fixture
def powercap(tmp_path):
    trees = []

    def make(zones):
        trees.append(Powercap(tmp_path / f"machine{len(trees)}", zones))
        return trees[-1]
    yield make
    for tree in trees:
        tree.stop()


def component(report, domain):
    return next(part for part in report["components"] if part["domain"] == domain)


def agrees(part, watts, seconds):
    """What was measured against what the machine drew, within the stated bound and the writer's own step."""
    return abs(part["energy_joules"] - watts * seconds) <= part["energy_bound_joules"] + watts * 0.012


def test_without_a_sensor_the_command_runs_all_the_same(measure):
    done = measure("--json", "--", "sh", "-c", "echo out; echo err >&2; exit 7", check=7)
    assert set(done.report) >= KEYS
    assert done.report["exit_code"] == 7 and done.report["duration_seconds"] > 0
    assert done.report["energy_joules"] is None and done.report["energy_reason"]
    assert "out\n" in done.stderr and "err\n" in done.stderr
    table = measure("--", "true", check=0)
    assert table.stdout == "" and "No energy was measured" in table.stderr and "doctor" in table.stderr


@pytest.mark.parametrize("script, code", [("exit 0", 0), ("exit 3", 3), ("exit 255", 255), ("kill -TERM $$", 143),
                                          ("kill -KILL $$", 137), ("kill -INT $$", 130)])
def test_the_exit_code_is_the_commands(measure, script, code):
    assert measure("--json", "--", "sh", "-c", script, check=code).report["exit_code"] == code


def test_what_cannot_run(measure, tmp_path):
    (tmp_path / "plain").write_text("no program")
    (tmp_path / "script").write_text("echo from a script without an interpreter\n")
    (tmp_path / "script").chmod(0o755)
    missing = measure("--json", "--", "no-such-command-anywhere", check=127)
    assert missing.stdout == "" and "not found" in missing.stderr
    assert measure("--", tmp_path / "plain", check=126).stdout == ""
    assert measure("--", tmp_path, check=126).stderr
    assert "from a script" in measure("--", tmp_path / "script", check=0).stdout
    assert measure(check=64).stderr
    assert measure("--interval", "0", "--", "true", check=64).stderr
    assert measure("--baseline", "-1", "--", "true", check=64).stderr


def test_packages_and_memory_are_summed_once(measure, powercap):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}, CORE: {"name": "core", "watts": 30},
                        DRAM: {"name": "dram", "watts": 5}, PSYS: {"name": "psys", "watts": 80}})
    report = measure("--json", "--", "sleep", "1", root=machine.root, check=0).report
    seconds = report["duration_seconds"]
    assert agrees(report, 55, seconds)
    assert report["energy_joules"] == pytest.approx(report["cpu_energy_joules"] + report["dram_energy_joules"])
    assert report["gpu_energy_joules"] is None and report["energy_method"] == "rapl"
    assert report["mean_power_watts"] == pytest.approx(report["energy_joules"] / seconds, rel=0.01)
    assert report["peak_power_watts"] >= report["mean_power_watts"]
    for domain, watts in (("package", 50), ("core", 30), ("dram", 5), ("psys", 80)):
        part = component(report, domain)
        assert agrees(part, watts, seconds)
        assert part["in_total"] == (domain in ("package", "dram"))
        assert part["vendor"] == "cpu_rapl" and part["device"].startswith("intel-rapl:")


def test_a_counter_that_wraps(measure, powercap):
    """50 W in a range of 10 J wrap five times a second."""
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50, "range": 10_000_000, "start": 9_000_000}})
    report = measure("--json", "--", "sleep", "1", root=machine.root, check=0).report
    assert agrees(report, 50, report["duration_seconds"])


def test_two_sockets_are_two_devices(measure, powercap):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 40}, "intel-rapl:1": {"name": "package-1", "watts": 60}})
    done = measure("--json", "--", "sleep", "0.6", root=machine.root, check=0)
    assert len({part["device"] for part in done.report["components"]}) == 2
    assert agrees(done.report, 100, done.report["duration_seconds"])
    table = measure("--", "true", root=machine.root, check=0).stderr
    assert "intel-rapl:0" in table and "intel-rapl:1" in table


def test_what_died_midway_takes_the_total_and_what_never_worked_does_not(measure, powercap, tmp_path):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}, DRAM: {"name": "dram", "watts": 5}})
    flag = tmp_path / "began"
    process = subprocess.Popen([BINARY, "measure", "--json", "--", "sh", "-c", f"touch {flag}; sleep 1"],
                               env=environment(tmp_path) | {"INFEROMETER_SYSFS_ROOT": str(machine.root)},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(flag.exists)
    time.sleep(0.3)
    machine.remove(DRAM)
    output, _ = process.communicate(timeout=30)
    report = json.loads(output)
    assert process.returncode == 0
    assert report["energy_joules"] is None and "dram" in report["energy_reason"]
    assert report["dram_energy_joules"] is None and component(report, "dram")["energy_reason"]
    assert agrees(component(report, "package"), 50, report["duration_seconds"])
    # Now it is gone from the start.
    later = measure("--json", "--", "sleep", "0.5", root=machine.root, check=0)
    assert agrees(later.report, 50, later.report["duration_seconds"])
    assert later.report["dram_energy_joules"] is None
    assert component(later.report, "dram")["energy_reason"]
    table = measure("--", "true", root=machine.root, check=0).stderr
    assert "dram was not measured: " in table


def test_above_idle_needs_a_baseline(measure, powercap):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}})
    without = measure("--json", "--", "true", root=machine.root, check=0).report
    assert without["energy_dynamic_joules"] is None and "--baseline" in without["idle_reason"]
    report = measure("--json", "--baseline", "0.6", "--", "sleep", "0.6", root=machine.root, check=0).report
    assert report["energy_idle_joules"] + report["energy_dynamic_joules"] == pytest.approx(report["energy_joules"])
    # The machine draws the same at work as at rest.
    assert report["energy_dynamic_joules"] <= report["energy_dynamic_bound_joules"] + 50 * 0.02
    assert "ABOVE IDLE" in measure("--baseline", "0.3", "--", "true", root=machine.root, check=0).stderr


def test_the_command_starts_within_a_second(measure, powercap):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}})
    began = time.time()
    done = measure("--", "date", "+%s.%N", root=machine.root, check=0)
    assert float(done.stdout) - began < 1


def test_reports_go_to_files(measure, powercap, tmp_path):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}})
    done = measure("--output", tmp_path / "report.json", "--csv", tmp_path / "power.csv", "--interval", "20", "--",
                   "sh", "-c", "echo out; echo err >&2; sleep 0.6", root=machine.root, check=0)
    assert (done.stdout, done.stderr) == ("out\n", "err\n")
    report = json.loads((tmp_path / "report.json").read_text())
    assert set(report) >= KEYS and agrees(report, 50, report["duration_seconds"])
    rows = list(csv.DictReader((tmp_path / "power.csv").open(newline="")))
    assert len(rows) >= 20
    assert {row["device"] for row in rows} == {"intel-rapl:0"}
    assert float(rows[-1]["time_seconds"]) == pytest.approx(report["duration_seconds"], rel=1e-6)
    assert float(rows[-1]["energy_joules"]) == pytest.approx(report["energy_joules"], rel=1e-6)
    middle = sorted(float(row["power_watts"]) for row in rows)[len(rows) // 2]
    assert middle == pytest.approx(50, rel=0.3)


def test_a_report_that_cannot_be_written_changes_no_exit_code(measure, tmp_path):
    for option in ("--output", "--csv"):
        done = measure(option, tmp_path / "nowhere" / "file", "--", "sh", "-c", "exit 5", check=5)
        assert "not written" in done.stderr


def test_a_reader_that_left_changes_no_exit_code(tmp_path):
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen([BINARY, "measure", "--json", "--", "sh", "-c", "exit 5"], stdout=write,
                               stderr=subprocess.DEVNULL, env=environment(tmp_path))
    os.close(write)
    assert process.wait(timeout=30) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signals_pass_through_and_still_give_a_report(tmp_path, number):
    command = [BINARY, "measure", "--json", "--", sys.executable, "-c",
               "import signal, sys\n"
               f"signal.signal({int(number)}, lambda *_: (print('caught', flush=True), sys.exit(9)))\n"
               "print('ready', file=sys.stderr, flush=True)\nsignal.pause()"]
    process = subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, start_new_session=True)
    assert process.stderr.readline() == "ready\n"
    process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 9
    assert json.loads(output)["exit_code"] == 9
    assert errors.count("caught") == 1


def test_a_command_has_clean_signals(measure):
    """The masks and the dispositions that the command begins with, in the kernel's own words."""
    status = measure("--", "cat", "/proc/self/status", check=0).stdout
    lines = dict(line.split(":\t") for line in status.splitlines() if line.startswith("Sig"))
    assert {name: int(lines[name], 16) & 0x7FFFFFFF for name in ("SigBlk", "SigIgn", "SigCgt")} == \
        {"SigBlk": 0, "SigIgn": 0, "SigCgt": 0}


def test_what_was_ignored_stays_ignored(tmp_path):
    done = subprocess.run(["nohup", BINARY, "measure", "--", "grep", "SigIgn", "/proc/self/status"], text=True,
                          env=environment(tmp_path), capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    assert int(done.stdout.split()[1], 16) & 1 << (signal.SIGHUP - 1)


class Terminal:
    """`measure` in a terminal of its own, as a person sees it."""

    def __init__(self, folder, *arguments):
        self.process, self.screen = None, b""
        pid, self.door = pty.fork()
        if pid == 0:
            os.execve(BINARY, [str(BINARY), "measure", *arguments], environment(folder) | {"TERM": "xterm"})
        self.pid = pid

    def read_until(self, text, seconds=20):
        deadline = time.monotonic() + seconds
        while text not in self.screen and time.monotonic() < deadline:
            try:
                part = os.read(self.door, 4096)
            except OSError:
                break
            if not part:
                break
            self.screen += part
        assert text in self.screen, self.screen

    def wait(self):
        try:
            while part := os.read(self.door, 4096):
                self.screen += part
        except OSError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_ctrl_c_in_a_terminal(tmp_path):
    """The terminal sends it to the command itself: once, and the report still comes."""
    script = ("import signal, sys, time\ncaught = []\n"
              "signal.signal(signal.SIGINT, lambda *_: caught.append(1))\nprint('ready', flush=True)\n"
              "while not caught: signal.pause()\n"
              "time.sleep(0.3)\nprint('caught', len(caught), 'times')\nsys.exit(4)")
    terminal = Terminal(tmp_path, "--", sys.executable, "-c", script)
    terminal.read_until(b"ready")
    os.write(terminal.door, b"\x03")
    assert terminal.wait() == 4
    assert b"caught 1 times" in terminal.screen
    assert b"exit code 4" in terminal.screen


def test_a_second_ctrl_c_too(tmp_path):
    script = ("import signal, sys\ndef stop(*_):\n  print('again?', flush=True)\n"
              "  signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
              "signal.signal(signal.SIGINT, stop)\nprint('ready', flush=True)\nwhile True: signal.pause()")
    terminal = Terminal(tmp_path, "--", sys.executable, "-c", script)
    terminal.read_until(b"ready")
    os.write(terminal.door, b"\x03")
    terminal.read_until(b"again?")
    os.write(terminal.door, b"\x03")
    assert terminal.wait() == 130
    assert b"exit code 130" in terminal.screen


def test_the_command_has_the_terminal(tmp_path):
    """It is in the foreground: it may ask, and hears what is typed."""
    terminal = Terminal(tmp_path, "--", "sh", "-c", "read -p 'name? ' name; echo \"hello $name\"; test -t 0 && exit 6")
    terminal.read_until(b"name? ")
    os.write(terminal.door, b"you\n")
    terminal.read_until(b"hello you")
    assert terminal.wait() == 6


def test_an_estimate_is_asked_for_and_marked(measure, tmp_path):
    root = tmp_path / "bare"
    (root / "proc").mkdir(parents=True)
    (root / "proc/stat").symlink_to("/proc/stat")
    assert measure("--json", "--", "sleep", "0.4", root=root, check=0).report["energy_joules"] is None
    report = measure("--json", "--estimate", "--", "sleep", "0.4", root=root, check=0).report
    assert report["energy_method"] == "estimated" and report["energy_joules"] > 0
    assert "guess" in measure("--estimate", "--", "true", root=root, check=0).stderr


def test_a_card_and_a_processor(measure, powercap, tmp_path):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}})
    nvidia = fake_nvidia(tmp_path / "nvidia", 'device name="NVIDIA H100 80GB HBM3" uuid=GPU-a period_ms=20\npower 0:300\n')
    report = measure("--json", "--", "sleep", "1", root=machine.root, extra=nvidia, check=0).report
    seconds = report["duration_seconds"]
    card = component(report, "card")
    assert (card["device"], card["vendor"], card["device_name"]) == ("GPU-a", "nvidia", "NVIDIA H100 80GB HBM3")
    assert agrees(card, 300, seconds) and card["energy_bound_joules"] < 30
    assert report["gpu_energy_joules"] == card["energy_joules"]
    assert agrees(report, 350, seconds)


@pytest.mark.parametrize("script, cause", [
    ("device uuid=GPU-a period_ms=20\npower 0:300\nfail function=DeviceGetTotalEnergyConsumption code=15 from=1.0\n", "GPU"),
    ("device uuid=GPU-a period_ms=20 counter_mj=5000000\npower 0:300\nreset at=1.0\n", "anew"),
    ("device uuid=GPU-a period_ms=20\npower 0:300\njump at=1.0 mj=900000000\n", "anew"),
])
def test_a_card_that_fails_midway(measure, tmp_path, script, cause):
    nvidia = fake_nvidia(tmp_path / "nvidia", script)
    report = measure("--json", "--", "sleep", "2", extra=nvidia, check=0).report
    assert report["energy_joules"] is None and report["gpu_energy_joules"] is None
    assert cause in report["energy_reason"]


def test_a_driver_that_hangs_holds_nothing(measure, powercap, tmp_path):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}})
    nvidia = fake_nvidia(tmp_path / "nvidia", "device uuid=GPU-a\npower 0:300\n"
                         "slow function=DeviceGetTotalEnergyConsumption seconds=60 from=0.5\n")
    began = time.monotonic()
    report = measure("--json", "--", "sleep", "1.2", root=machine.root, extra=nvidia, check=0).report
    assert time.monotonic() - began < 8
    assert report["energy_joules"] is None and component(report, "card")["energy_reason"]
    assert agrees(component(report, "package"), 50, report["duration_seconds"])


def test_a_driver_that_hangs_from_the_start(measure, tmp_path):
    nvidia = fake_nvidia(tmp_path / "nvidia", "slow function=Init_v2 seconds=30\ndevice uuid=GPU-a\npower 0:300\n")
    began = time.monotonic()
    report = measure("--json", "--", "true", extra=nvidia, check=0).report
    assert time.monotonic() - began < 3
    assert report["energy_joules"] is None and "slow to start" in report["energy_reason"]


def test_doctor_sees_the_same_machine(powercap, tmp_path):
    machine = powercap({PACKAGE: {"name": "package-0", "watts": 50}})
    nvidia = fake_nvidia(tmp_path / "nvidia", 'device name="NVIDIA L4" uuid=GPU-a\npower 0:72\n')
    done = subprocess.run([BINARY, "doctor", "--json", "--database", tmp_path / "none.db"], capture_output=True,
                          text=True, timeout=60,
                          env=environment(tmp_path) | {"INFEROMETER_SYSFS_ROOT": str(machine.root)} | nvidia)
    sensors = json.loads(done.stdout)["sensors"]
    assert all(set(sensor) >= {"vendor", "name", "device_name", "domain", "method", "works", "reason", "remedy"}
               for sensor in sensors)
    working = {(sensor["vendor"], sensor["domain"]) for sensor in sensors if sensor["works"]}
    assert working == {("nvidia", "card"), ("cpu_rapl", "package")}
    assert all(sensor["reason"] for sensor in sensors if not sensor["works"])
