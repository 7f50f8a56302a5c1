# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""The binary under test: `serve` in a process of its own, and the commands that read what it kept."""
import collections
import json
import math
import os
import pathlib
import signal
import subprocess
import urllib.request

from .waiting import first_line, until

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("INFEROMETER_BINARY", ROOT / ".build/release/inferometer"))


def environment(home):
    """Nothing of the person who runs the tests: no home, no database, no proxy settings; and no other `serve`'s turn to
    meter the machine."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"HOME": str(home), "XDG_DATA_HOME": str(pathlib.Path(home) / "data"),
                   "INFEROMETER_METER_LOCK": str(pathlib.Path(home) / "meter.lock")}


def command(*arguments, home, check=True, stdin=None, binary=BINARY, timeout=120, **options):
    """Runs a command to its end."""
    done = subprocess.run([binary, *map(str, arguments)], env=environment(home), capture_output=True, text=True,
                          input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL, timeout=timeout,
                          **options)
    assert not check or done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


class Database:
    """What the commands say of one file."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def ask(self, *arguments, **options):
        return command(*arguments, "--database", self.path, home=self.path.parent, **options)

    def records(self, *arguments):
        return json.loads(self.ask("list", "--json", "--limit", 1_000_000, *arguments).stdout)

    def stats(self, *arguments):
        return json.loads(self.ask("stats", "--json", *arguments).stdout)

    def find(self, record_id):
        """A record, once it is final; `serve` writes it a moment after the answer."""
        def look():
            done = self.ask("show", record_id, "--json", check=False)
            return json.loads(done.stdout) if done.returncode == 0 else None
        return until(look, what=f"record {record_id}")

    def await_count(self, count, seconds=20.0, *arguments):
        """All records, once there are as many as expected."""
        seen = []

        def look():
            seen[:] = self.records(*arguments)
            return len(seen) >= count
        try:
            until(look, seconds, f"{count} records")
        except AssertionError as late:
            raise AssertionError(f"{late}: {len(seen)} came") from None
        return seen


class Serve:
    """`inferometer serve` before some upstreams, on a free port."""

    def __init__(self, folder, *options, upstreams=(), database=None, binary=BINARY, name="serve", variables=None,
                 **popen):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(database or self.folder / "telemetry.db")
        self.log = self.folder / f"{name}.log"
        named = [part for upstream in upstreams for part in ("--upstream", upstream)]
        arguments = ["serve", "--listen", "127.0.0.1:0", "--database", self.database.path, *named, *options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([binary, *map(str, arguments)], stdout=subprocess.PIPE, stderr=log,
                                            stdin=subprocess.DEVNULL, bufsize=0,
                                            env=environment(self.folder) | (variables or {}), **popen)
        line = first_line(self.process)
        assert line.startswith("Listening on http://127.0.0.1:"), f"{line!r}: {self.log.read_text()[-2000:]}"
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self):
        """Ends it as a person would; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self):
        self.process.kill()
        self.process.wait()

    @property
    def health(self):
        """What it says of itself."""
        with urllib.request.urlopen(self.url + "/_inferometer/health", timeout=10) as answer:
            return json.loads(answer.read())

    def lines(self, text):
        """How many lines of its log hold a text."""
        return self.log.read_text().count(text)


def known_tokens(record):
    """What a call adds to a sum: its total, or the part of it that is known."""
    if record["total_tokens"] is not None:
        return record["total_tokens"]
    return (record["prompt_tokens"] or 0) + (record["completion_tokens"] or 0)


def check_sums(database, records):
    """The roll-ups against the rows."""
    stats = database.stats()
    assert stats["total_calls"] == len(records)
    assert stats["total_tokens"] == sum(map(known_tokens, records))
    assert math.isclose(stats["total_latency"], sum(record["latency_seconds"] or 0 for record in records), rel_tol=1e-9)
    groups = {group["outcome"]: group for group in database.stats("--by", "outcome")["per_outcome"]}
    by_outcome = collections.defaultdict(list)
    for record in records:
        by_outcome[record["outcome"]].append(record)
    assert {name: group["call_count"] for name, group in groups.items()} == \
        {name: len(rows) for name, rows in by_outcome.items()}
    for name, rows in by_outcome.items():
        for column in ("prompt_tokens", "completion_tokens"):
            assert (groups[name][column] or 0) == sum(row[column] or 0 for row in rows), (name, column)
