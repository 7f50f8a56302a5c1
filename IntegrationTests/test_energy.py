# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Joules of calls before a real engine, with a scripted graphics card: shared out, conserved, true to the curve."""
import concurrent.futures
import os

import pytest

from support.energy import Machine, nanojoules, steps
from support.engine import LlamaCpp
from support.waiting import until
from support.wire import call

CHAT = "/v1/chat/completions"


def body(tokens=16, stream=True, model="tiny"):
    return {"model": model, "stream": stream, "max_tokens": tokens, "ignore_eos": True,
            "messages": [{"role": "user", "content": "Tell me about energy."}]}


def make_call(serve, machine, tokens=16, path=CHAT, **options):
    """One call: its record's identity, and when it began and ended on the script's time line."""
    start = machine.now
    answer = call(serve.port, path, body(tokens, **options))
    assert answer.status == 200 and answer.whole
    return answer.record, start, machine.now


def final(serve, record_id):
    """A record whose energy is no longer to come."""
    def look():
        record = serve.database.find(record_id)
        return record if record["energy_reason"] != "pending" else None
    return until(look, 12, f"the energy of {record_id}")


def energy(serve, record_id):
    record = final(serve, record_id)
    assert record["energy_joules"] is not None, record["energy_reason"]
    return record


def accounts(serve):
    """Where each device's energy went, by the database."""
    return {row["device"]: row for row in serve.database.stats()["energy_accounts"]}


@pytest.fixture(scope="module")
def wide_engine(models, tmp_path_factory):
    """An engine that works on eight calls at once."""
    log = tmp_path_factory.mktemp("engine") / "wide.log"
    engine = LlamaCpp(models["tiny"], log, "--parallel", "8", "--context", "16384").start()
    yield engine
    engine.stop()


IDLE, BUSY = 60, 300
#        asleep    idle: to be learnt  calls run         idle again  asleep
CURVE = steps((0, 0), (1.5, IDLE), (9, BUSY), (24, IDLE), (24.5, 0))
LIMIT_OF_CLIENT = 0.02  # seconds that the client's clock may be away from the proxy's


@pytest.fixture(scope="module")
def shared(wide_engine, tmp_path_factory):
    """Eight calls at once, one of them twice as long as the others, and then one alone."""
    folder = tmp_path_factory.mktemp("shared")
    machine = Machine(folder / "machine", f"device uuid=GPU-1 period_ms=20 counter_mj=987654321\n{CURVE.line}")
    from support.product import Serve
    serve = Serve(folder / "serve", upstreams=[wide_engine.url], variables=machine.variables)
    machine.reach(9.3)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        calls = list(pool.map(lambda tokens: make_call(serve, machine, tokens), [800] + [400] * 7))
    alone = make_call(serve, machine, 400)
    assert machine.now < 23.5, "the machine is too slow for the script"
    # Until the card sleeps, so that the last publication is known, and the slow pace has read it.
    machine.reach(26)
    records = [energy(serve, name) for name, _, _ in calls]
    one = energy(serve, alone[0])
    assert serve.stop() == 0
    return serve, calls, records, alone, one


def test_eight_calls_share_one_card(shared):
    _, _, records, _, one = shared
    assert {record["energy_sharing"] for record in records} <= {f"shared({count})" for count in range(2, 9)}
    assert "shared(8)" in {record["energy_sharing"] for record in records}
    assert one["energy_sharing"] == "exclusive"
    for record in [*records, one]:
        assert record["energy_method"] == "hw_counter" and record["energy_vendor"] == "nvidia"
        assert record["devices"] == ["host"] and record["energy_reason"] is None
        total = nanojoules(record["energy_joules"])
        assert total == nanojoules(record["energy_dynamic_joules"]) + nanojoules(record["energy_idle_joules"])
        assert total == nanojoules(record["prefill_energy_joules"]) + nanojoules(record["decode_energy_joules"])
        assert total == nanojoules(record["gpu_energy_joules"])
        assert record["cpu_energy_joules"] is None


def test_shares_agree_with_the_curve(shared):
    _, calls, records, (_, start, end), one = shared
    # Together the calls had the card for themselves from the first send to the last end.
    first, last = min(start for _, start, _ in calls), max(end for _, _, end in calls)
    given = sum(record["energy_joules"] for record in records)
    bound = max(record["energy_bound_joules"] for record in records)
    assert abs(given - CURVE.joules(first, last)) <= bound + BUSY * LIMIT_OF_CLIENT
    assert abs(one["energy_joules"] - CURVE.joules(start, end)) <= one["energy_bound_joules"] + BUSY * LIMIT_OF_CLIENT
    assert one["energy_bound_joules"] < BUSY * 0.2


def test_no_call_is_billed_more_than_its_device_used(shared):
    _, calls, records, _, _ = shared
    for (_, start, end), record in zip(calls, records):
        assert 0 < record["energy_joules"] <= CURVE.joules(start, end) + record["energy_bound_joules"]


def test_twice_the_tokens_are_billed_more(shared):
    _, _, records, _, _ = shared
    assert records[0]["completion_tokens"] == 2 * records[1]["completion_tokens"] == 800
    assert all(records[0]["energy_joules"] > record["energy_joules"] for record in records[1:])
    assert records[0]["energy_dynamic_joules"] > max(record["energy_dynamic_joules"] for record in records[1:])


def test_parts_add_up_to_the_counter(shared):
    """To the nanojoule: calls, idle, foreign and residual are what the counter moved on by."""
    serve, _, records, _, one = shared
    account = accounts(serve)["GPU-1"]
    parts = {name: nanojoules(account[f"{name}_joules"] or 0)
             for name in ("measured", "attributed", "idle", "foreign", "residual")}
    # The card slept at both ends, so the counter moved by all that lies under the curve: 4,980,000 millijoules.
    assert parts["measured"] == nanojoules(CURVE.joules(0, 30)) == 4_980 * 10**9
    given = sum(nanojoules(record["energy_joules"]) for record in [*records, one])
    assert parts["attributed"] == given
    assert given + parts["idle"] + parts["foreign"] + parts["residual"] == parts["measured"]
    assert parts["foreign"] == 0 and 0 <= parts["residual"] <= 2 * 9 + 2


def test_slots_of_the_engine_are_kept(models, start, tmp_path):
    """An engine that works on one call at a time: the other waits, and is billed nothing for it."""
    engine = LlamaCpp(models["tiny"], tmp_path / "one.log", "--parallel", "1").start()
    machine = Machine(tmp_path / "machine", "device uuid=GPU-1 period_ms=20\npower 0:100")
    serve = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(1.5)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        calls = list(pool.map(lambda _: make_call(serve, machine, 1_000), range(3)))
    records = [energy(serve, name) for name, _, _ in calls]
    # The engine gives a slot away a moment before the answer's last byte has come.
    assert {record["energy_sharing"] for record in records} <= {"exclusive", "shared(2)"}
    # A call pays for the time that it ran, not for the time that it waited; together they had the card all the time.
    first, last = min(start for _, start, _ in calls), max(end for _, _, end in calls)
    given = sum(record["energy_joules"] for record in records)
    assert all(0.22 < record["energy_joules"] / given < 0.45 for record in records)
    bound = max(record["energy_bound_joules"] for record in records)
    assert abs(given - 100 * (last - first)) <= bound + 100 * LIMIT_OF_CLIENT
    engine.stop()


def test_an_engine_is_bound_to_its_card_and_others_work_is_apart(engine, start, tmp_path):
    """The engine's process is on one card's list; on the same card somebody else does a quarter of the work."""
    own, other = engine.process.pid, os.getpid()
    machine = Machine(tmp_path / "machine", f"""
        device uuid=GPU-1 period_ms=20
        power 0:50
        device uuid=GPU-2 period_ms=20
        power 0:40 10:40 10:200
        process pid={own} share=60
        process pid={other} share=20 from=9.5
    """, processes=True)
    serve = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(11.5)
    record_id, began, ended = make_call(serve, machine, 3_000)
    record = energy(serve, record_id)
    assert record["devices"] == ["GPU-2"]
    spent = ended - began
    # Above idle the card draws 160 W, of which the engine's share is three quarters; idle power is the call's.
    assert abs(record["energy_dynamic_joules"] - 120 * spent) <= record["energy_bound_joules"] + 160 * LIMIT_OF_CLIENT
    assert abs(record["energy_idle_joules"] - 40 * spent) <= record["energy_bound_joules"] + 40 * LIMIT_OF_CLIENT
    serve.stop()
    found = accounts(serve)
    assert found["GPU-2"]["foreign_joules"] > 30 * spent
    for row in found.values():
        parts = [nanojoules(row[f"{name}_joules"] or 0) for name in ("attributed", "idle", "foreign", "residual")]
        assert sum(parts) == nanojoules(row["measured_joules"])


def test_devices_that_a_person_names_win(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", "device uuid=GPU-1 period_ms=20\npower 0:50\n"
                      "device uuid=GPU-2 period_ms=20\npower 0:200")
    serve = start("--devices", "near=GPU-1", "--electricity", "0.36EUR/kWh", "--carbon", "360g/kWh",
                  upstreams=[f"near={engine.url}"], variables=machine.variables)
    machine.reach(1.5)
    record_id, began, ended = make_call(serve, machine, 2_000)
    record = energy(serve, record_id)
    assert record["devices"] == ["GPU-1"]
    assert abs(record["energy_joules"] - 50 * (ended - began)) <= record["energy_bound_joules"] + 50 * LIMIT_OF_CLIENT
    assert record["electricity_cost"] == pytest.approx(record["energy_joules"] * 1e-7)
    assert record["carbon_grams"] == pytest.approx(record["energy_joules"] * 1e-4)
    assert record["cost_usd"] == 0


def test_a_model_over_two_cards_takes_the_sum(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", "device uuid=GPU-1 period_ms=20\npower 0:50\n"
                      "device uuid=GPU-2 period_ms=20\npower 0:200\ndevice uuid=GPU-3 period_ms=20\npower 0:400")
    serve = start("--devices", "near=GPU-1,GPU-2", upstreams=[f"near={engine.url}"], variables=machine.variables)
    machine.reach(1.5)
    record_id, began, ended = make_call(serve, machine, 2_000)
    record = energy(serve, record_id)
    assert record["devices"] == ["GPU-1", "GPU-2"]
    assert abs(record["energy_joules"] - 250 * (ended - began)) <= record["energy_bound_joules"] + 250 * LIMIT_OF_CLIENT
    assert record["power_watts"] == pytest.approx(record["energy_joules"] / record["latency_seconds"])


def test_polled_power_is_marked(engine, start, tmp_path):
    machine = Machine(tmp_path / "machine", "device uuid=GPU-1 period_ms=20\npower 0:100\n"
                      "fail function=DeviceGetTotalEnergyConsumption code=3\nfail function=field:83 code=3")
    serve = start(upstreams=[engine.url], variables=machine.variables)
    machine.reach(1.5)
    record_id, began, ended = make_call(serve, machine, 2_000)
    record = energy(serve, record_id)
    assert record["energy_method"] == "polling" and record["energy_vendor"] == "nvidia"
    assert abs(record["energy_joules"] - 100 * (ended - began)) <= record["energy_bound_joules"] + 100 * LIMIT_OF_CLIENT


def test_the_energy_of_a_database_is_whole(shared):
    """Nothing waits any more, and what the file holds is what the commands say."""
    serve, _, records, _, one = shared
    said = {record["record_id"]: record["energy_joules"] for record in serve.database.records()}
    assert said == {record["record_id"]: record["energy_joules"] for record in [*records, one]}
