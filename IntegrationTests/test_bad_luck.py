# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""A process that is killed, a store that cannot be written, two processes on one file: calls go through."""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import threading
import time

import pytest

from support.load import Load
from support.product import BINARY, Database, check_sums
from support.waiting import until
from support.wire import call

CHAT = "/v1/chat/completions"
SHORT = {"max_tokens": 4, "messages": [{"role": "user", "content": "Hello."}]}
NOBODY = 65534


def integrity(path):
    with sqlite3.connect(path) as database:
        return database.execute("PRAGMA integrity_check").fetchone()[0]


def test_kill_9_under_load_loses_at_most_the_last_commit_interval(engine, start, tmp_path):
    serve = start(upstreams=[engine.url])
    database = serve.database
    finished = {}
    load = Load(serve.port, 100_000, concurrency=8, leaves=False)
    note(load, finished)
    worker = threading.Thread(target=load.run, daemon=True)
    worker.start()
    until(lambda: len(finished) > 2000, 60, "2,000 calls")
    serve.kill()
    killed = time.monotonic()
    worker.join(timeout=30)
    assert not worker.is_alive()

    assert integrity(database.path) == "ok"
    records = database.records()
    kept = {record["record_id"] for record in records}
    lost = [when for name, when in finished.items() if name not in kept]
    # 250 ms by default, and the time that the commit itself takes on a busy machine.
    assert not [when for when in lost if killed - when > 1.0], f"{len(lost)} lost, the oldest {killed - min(lost):.3f} s"
    assert len(kept) == len(records) > 1000
    check_sums(database, records)

    again = start(upstreams=[engine.url], database=database.path)
    answer = call(again.port, CHAT, SHORT)
    assert answer.status == 200
    database.find(answer.record)
    assert len(database.records()) == len(records) + 1


def note(load, finished):
    """Keeps when each call's client had its whole answer."""
    class Noted(list):
        def append(self, seen):
            if seen.record and seen.whole:
                finished[seen.record] = time.monotonic()
            super().append(seen)
    load.seen = Noted()


def test_two_serve_on_one_file(engine, start, tmp_path):
    database = tmp_path / "shared.db"
    pair = [start(upstreams=[engine.url], database=database) for _ in range(2)]
    loads = [Load(serve.port, 300, concurrency=4) for serve in pair]
    workers = [threading.Thread(target=load.run) for load in loads]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    records = Database(database).await_count(600)
    assert len({record["record_id"] for record in records}) == len(records) == 600
    check_sums(Database(database), records)
    assert [serve.stop() for serve in pair] == [0, 0]
    check_sums(Database(database), records)


def test_a_locked_database_delays_no_call(engine, start):
    serve = start(upstreams=[engine.url])
    first = call(serve.port, CHAT, SHORT)
    serve.database.find(first.record)
    holder = sqlite3.connect(serve.database.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    answers = [call(serve.port, CHAT, SHORT) for _ in range(20)]
    assert time.monotonic() - began < 5
    assert {answer.status for answer in answers} == {200}
    holder.execute("COMMIT")
    holder.close()
    kept = {record["record_id"] for record in serve.database.await_count(21)}
    assert kept == {first.record} | {answer.record for answer in answers}


requires_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become nobody or to mount: sudo make test")


@pytest.fixture
def open_folder(tmp_path):
    """A folder that everyone can reach, and the binary in it."""
    folder = pathlib.Path("/tmp") / f"inferometer-test-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    binary = folder / "inferometer"
    shutil.copy(BINARY, binary)
    binary.chmod(0o755)
    yield folder, binary
    shutil.rmtree(folder)


def check_calls_pass(serve, count=10):
    answers = [call(serve.port, CHAT, SHORT) for _ in range(count)]
    assert {answer.status for answer in answers} == {200}
    return answers


def complaints(serve):
    return [line for line in serve.log.read_text().splitlines() if "error" in line.lower() or "warning" in line.lower()]


@requires_root
def test_a_read_only_database(engine, start, open_folder):
    folder, binary = open_folder
    data = folder / "data"
    data.mkdir(mode=0o755)
    maker = start(upstreams=[engine.url], folder=data)
    kept = call(maker.port, CHAT, SHORT).record
    maker.database.find(kept)
    assert maker.stop() == 0
    for file in data.iterdir():
        file.chmod(0o444)
    home = folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    serve = start(upstreams=[engine.url], folder=home, database=data / "telemetry.db", binary=binary, user=NOBODY)
    check_calls_pass(serve)
    until(lambda: complaints(serve), what="a line in the log")
    check_calls_pass(serve, 30)
    assert len(complaints(serve)) < 10, "logged once for each cause, not for each call"
    assert [record["record_id"] for record in Database(data / "telemetry.db").records()] == [kept]
    assert serve.stop() == 0


@requires_root
def test_a_full_disk(engine, start, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("cannot mount a tmpfs here: run where mounting is allowed")
    try:
        serve = start(upstreams=[engine.url], database=disk / "telemetry.db", folder=tmp_path / "full")
        first = call(serve.port, CHAT, SHORT)
        serve.database.find(first.record)
        filler = disk / "filler"
        fill(filler)
        for _ in range(5):
            check_calls_pass(serve, 40)
        until(lambda: complaints(serve), what="a line in the log")
        assert len(complaints(serve)) < 20, "logged once for each cause, not for each call"
        filler.unlink()
        after = check_calls_pass(serve, 5)
        serve.database.find(after[-1].record)
        assert first.record in {record["record_id"] for record in serve.database.records()}
        assert serve.stop() == 0
        assert integrity(disk / "telemetry.db") == "ok"
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def fill(path):
    """Writes until there is no room left."""
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1 << 9):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000],
                         ids=["text", "corrupt"])
def test_a_file_that_is_no_database_of_ours_is_not_altered(engine, start, tmp_path, content):
    path = tmp_path / "odd.db"
    path.write_bytes(content)
    for arguments in (["list", "--json"], ["stats", "--json"], ["clear", "--yes"], ["prune", "--older-than", "1d", "--yes"]):
        done = Database(path).ask(*arguments, check=False)
        assert done.returncode == 1, arguments
        assert str(path) in done.stderr or "odd.db" in done.stderr
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("odd.db")] == ["odd.db"]


def test_a_foreign_database_is_not_altered(engine, tmp_path):
    path = tmp_path / "foreign.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE notes (text TEXT)")
        database.execute("INSERT INTO notes VALUES ('mine')")
    database.close()
    before = path.read_bytes()
    done = Database(path).ask("list", "--json", check=False)
    assert done.returncode == 1
    assert path.read_bytes() == before


def test_the_file_is_for_its_owner_alone(engine, start):
    serve = start(upstreams=[engine.url])
    serve.database.find(call(serve.port, CHAT, SHORT).record)
    for file in serve.folder.glob("telemetry.db*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_reading_creates_nothing(tmp_path):
    database = Database(tmp_path / "none" / "telemetry.db")
    (tmp_path / "none").mkdir()
    assert database.records() == []
    assert database.stats()["total_calls"] == 0
    assert list((tmp_path / "none").iterdir()) == []
