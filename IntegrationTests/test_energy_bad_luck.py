# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Sensors that are not there, fail, lie or hang: calls go through, and energy is absent with its reason."""
import json
import statistics
import time

import pytest

from support.energy import Machine
from support.product import command
from support.waiting import until
from test_energy import CHAT, body, final, make_call
from support.wire import call

CARD = "device uuid=GPU-1 period_ms=20\npower 0:100\n"


def doctor(machine, tmp_path):
    """What `doctor` says of the sensors, in the same world."""
    import subprocess

    from support.product import BINARY, environment
    done = subprocess.run([BINARY, "doctor", "--json"], env=environment(tmp_path) | machine.variables,
                          capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)["sensors"]


def absent(record, reason):
    assert record["outcome"] == "completed" and record["completion_tokens"]
    for key in ("energy_joules", "energy_dynamic_joules", "energy_idle_joules", "energy_bound_joules", "gpu_energy_joules",
                "cpu_energy_joules", "dram_energy_joules", "power_watts", "prefill_energy_joules", "decode_energy_joules",
                "tokens_per_joule", "energy_per_output_token_joules"):
        assert record[key] is None, key
    assert reason in record["energy_reason"], record["energy_reason"]


def test_a_machine_without_sensors(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine")
    serve = start(upstreams=[engine.url], variables=machine.variables)
    until(lambda: serve.health["energy"]["reason"] == "no sensor")
    answer = call(serve.port, CHAT, body())
    absent(serve.database.find(answer.record), "no sensor")
    assert serve.database.stats()["total_energy_joules"] is None
    sensors = doctor(machine, tmp_path)
    assert sensors and not any(sensor["works"] for sensor in sensors)
    assert all(sensor["reason"] for sensor in sensors)
    assert serve.lines("No energy sensor works") == 1


def test_no_energy_is_no_energy(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", CARD)
    serve = start("--no-energy", upstreams=[engine.url], variables=machine.variables)
    assert serve.health["energy"] is None
    record = serve.database.find(call(serve.port, CHAT, body()).record)
    assert record["energy_joules"] is None


def test_a_denied_powercap_tree(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine")
    zone = machine.root / "sys/class/powercap/intel-rapl:0"
    zone.mkdir(parents=True)
    (zone / "name").write_text("package-0\n")
    (zone / "max_energy_range_uj").write_text("262143328850\n")
    # The administrator may not read this one either.
    (zone / "energy_uj").symlink_to("/sys/bus/platform/drivers_probe")
    serve = start(upstreams=[engine.url], variables=machine.variables)
    until(lambda: "may not be read" in (serve.health["energy"]["reason"] or ""))
    absent(serve.database.find(call(serve.port, CHAT, body()).record), "may not be read")
    sensor, = [sensor for sensor in doctor(machine, tmp_path) if sensor["domain"] == "package"]
    assert not sensor["works"] and "group" in sensor["remedy"] and "cap_perfmon" in sensor["remedy"]


def test_a_readable_powercap_tree(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine")
    zone = machine.root / "sys/class/powercap/intel-rapl:0"
    zone.mkdir(parents=True)
    (zone / "name").write_text("package-0\n")
    (zone / "max_energy_range_uj").write_text("262143328850\n")
    counter, joules = zone / "energy_uj", 1_000

    def advance():
        nonlocal joules
        joules += 1
        counter.write_text(f"{joules * 1_000_000}\n")
        return joules > 1_150
    counter.write_text(f"{joules * 1_000_000}\n")
    serve = start(upstreams=[engine.url], variables=machine.variables)
    until(lambda: serve.health["energy"]["metering"])
    until(lambda: advance() and False or joules > 1_040, 20)
    answer = call(serve.port, CHAT, body(200))
    until(advance, 20)
    record = final(serve, answer.record)
    assert record["energy_method"] == "rapl" and record["energy_vendor"] == "cpu_rapl"
    assert record["energy_joules"] is not None and record["energy_joules"] == record["cpu_energy_joules"]


def test_a_sensor_that_is_lost_in_mid_run(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", CARD + "fail function=* code=15 from=3")
    serve = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(1.5)
    before, _, _ = make_call(serve, machine)
    machine.reach(2.97)
    during, _, ended = make_call(serve, machine, 2_000)
    assert ended > 3.01
    after, _, _ = make_call(serve, machine)
    assert final(serve, before)["energy_joules"] > 0
    absent(final(serve, during), "GPU 0: ")
    absent(final(serve, after), "GPU 0: ")
    assert serve.lines("A sensor cannot be read") == 1
    sensor, = serve.health["energy"]["sensors"]
    assert sensor["works"] is False and sensor["failures"]["lost"] > 1
    assert serve.stop() == 0


def test_a_sensor_that_comes_and_goes_makes_one_line(engine, start, tmp_path):
    faults = "".join(f"fail function=DeviceGetTotalEnergyConsumption code=999 from={1 + n / 10} until={1.05 + n / 10}\n"
                     for n in range(30))
    machine = Machine(tmp_path / "machine", CARD + faults)
    serve = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(0.8)
    while machine.now < 4.2:
        record, _, _ = make_call(serve, machine, 100)
    # A counter counts on while it cannot be read.
    assert final(serve, record)["energy_joules"] > 0
    assert serve.lines("A sensor cannot be read") == 1
    assert serve.lines("A sensor can be read again") <= 1
    sensor, = serve.health["energy"]["sensors"]
    assert sensor["works"] is True and sensor["failures"]["failed"] > 5


@pytest.mark.parametrize("jump, reason", [("mj=-200000", "reset"), ("mj=1000000000000", "implausible_jump")])
def test_a_counter_that_jumps(engine, start, tmp_path, jump, reason):
    machine = Machine(tmp_path / "machine", "device uuid=GPU-1 period_ms=20 counter_mj=5000000\npower 0:100\n"
                      f"jump at=3 {jump}")
    serve = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(2.97)
    during, _, ended = make_call(serve, machine, 2_000)
    assert ended > 3.01
    machine.reach(4)
    after, began, ended = make_call(serve, machine, 500)
    absent(final(serve, during), reason)
    record = final(serve, after)
    assert abs(record["energy_joules"] - 100 * (ended - began)) <= record["energy_bound_joules"] + 100 * 0.02
    assert serve.lines("A gap in the energy of a sensor") == 1
    sensor, = serve.health["energy"]["sensors"]
    assert sensor["gaps"] == {reason: 1} and sensor["works"] is True


def latencies(serve, count=15):
    found = []
    for _ in range(count):
        answer = call(serve.port, CHAT, body(8))
        assert answer.status == 200
        found.append((answer.ended, answer.record))
    return statistics.median(ended for ended, _ in found), max(ended for ended, _ in found), [name for _, name in found]


def test_a_slow_sensor_delays_no_call(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", CARD + "slow seconds=0.1 function=DeviceGetTotalEnergyConsumption")
    quick = start("--no-energy", upstreams=[engine.url])
    slow = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(2)
    usual, _, _ = latencies(quick)
    median, _, names = latencies(slow)
    assert median < usual + 0.02
    assert final(slow, names[-1])["energy_reason"] is None


def test_a_hanging_sensor_delays_no_call_and_no_end(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine",
                      CARD + "slow seconds=100000 function=DeviceGetTotalEnergyConsumption from=2")
    quick = start("--no-energy", upstreams=[engine.url])
    hung = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(4)
    usual, _, _ = latencies(quick)
    median, longest, names = latencies(hung)
    assert median < usual + 0.02 and longest < 1
    absent(final(hung, names[0]), "does not answer")
    until(lambda: hung.lines("A sensor does not answer") == 1, 15)
    began = time.monotonic()
    assert hung.stop() == 0
    assert time.monotonic() - began < 9


def test_a_driver_that_hangs_at_the_start(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", "slow seconds=100000 function=Init_v2\n" + CARD)
    hung = start(upstreams=[engine.url], variables=machine.variables)
    absent(hung.database.find(call(hung.port, CHAT, body()).record), "sensors are starting")
    until(lambda: hung.health["energy"]["reason"] == "the drivers do not answer", 10)
    absent(hung.database.find(call(hung.port, CHAT, body()).record), "the drivers do not answer")
    began = time.monotonic()
    assert hung.stop() == 0
    assert time.monotonic() - began < 5


def test_one_process_meters_the_machine(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", CARD)
    first = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(1.5)
    assert first.health["energy"]["metering"]
    second = start(upstreams=[engine.url], variables=machine.variables)
    reason = f"metered by {first.process.pid}"
    until(lambda: second.health["energy"]["reason"] == reason)
    absent(second.database.find(call(second.port, CHAT, body()).record), reason)
    assert final(first, call(first.port, CHAT, body()).record)["energy_joules"] > 0
    first.stop()
    until(lambda: second.health["energy"]["metering"], 10)


def test_an_estimate_is_for_who_asks_for_it_and_says_so(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", processes=True)
    serve = start("--estimate", upstreams=[engine.url], variables=machine.variables)
    until(lambda: serve.health["energy"]["metering"], 10)
    started = time.monotonic()
    until(lambda: time.monotonic() - started > 1.2)
    answer = call(serve.port, CHAT, body(2_000))
    record = final(serve, answer.record)
    assert record["energy_method"] == "estimated" and record["energy_vendor"] is None
    assert record["energy_joules"] > 0 and record["gpu_energy_joules"] is None
    serve.stop()
    assert not serve.database.stats().get("energy_accounts")


def test_a_setting_for_an_engine_that_is_not_there_is_misuse(tmp_path):
    done = command("serve", "--upstream", "a=http://127.0.0.1:1", "--slots", "b=4", home=tmp_path, check=False)
    assert done.returncode == 64 and "'b'" in done.stderr and "'a'" in done.stderr
