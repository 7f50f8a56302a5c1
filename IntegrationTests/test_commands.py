# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""What was recorded, read back through each command."""
import csv
import io
import json
import time

import pytest

from support.load import Load
from support.product import Database, command

COLUMNS = ("record_id", "operation", "outcome", "engine", "upstream", "model_id", "prompt_tokens", "ttft")


@pytest.fixture(scope="module")
def database(serve):
    Load(serve.port, 60, concurrency=4).run()
    serve.database.await_count(60)
    return serve.database


def test_list_is_newest_first_and_limited(database):
    records = database.records()
    assert [record["timestamp"] for record in records] == sorted((r["timestamp"] for r in records), reverse=True)
    assert len(json.loads(database.ask("list", "--json").stdout)) == 50
    assert json.loads(database.ask("list", "--json", "--limit", 3).stdout) == records[:3]
    assert all(set(records[0]) == set(record) for record in records)
    assert set(COLUMNS) <= set(records[0])


@pytest.mark.parametrize("form", [["--format", "json"], ["--format", "jsonl"], ["--format", "csv"]])
def test_export_has_every_record_oldest_first(database, form):
    text = database.ask("export", *form).stdout
    expected = [record["record_id"] for record in reversed(database.records())]
    if form[1] == "json":
        rows = json.loads(text)
    elif form[1] == "jsonl":
        rows = [json.loads(line) for line in text.splitlines()]
    else:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["record_id"] for row in rows] == expected


def test_an_export_imports_as_it_was(database, tmp_path):
    exported = tmp_path / "calls.jsonl"
    database.ask("export", "--format", "jsonl", "--output", exported)
    other = Database(tmp_path / "other.db")
    assert other.ask("import", exported).stdout.splitlines()[-1] == "added 60, skipped 0, refused 0"
    assert other.ask("import", exported).stdout.splitlines()[-1] == "added 0, skipped 60, refused 0"
    assert other.ask("export", "--format", "jsonl").stdout == exported.read_text()
    assert other.stats() == database.stats()


def test_windows(database):
    now = time.time()
    assert len(database.records("--since", "1h")) == 60
    assert database.records("--until", "1h") == []
    assert len(database.records("--since", str(now - 3600), "--until", str(now + 60))) == 60
    assert database.stats("--until", "1h")["total_calls"] == 0


@pytest.mark.parametrize("arguments", [
    ["list", "--limit", "-1"], ["list", "--since", "yesterweek"], ["list", "--since", "1h", "--until", "2h"],
    ["stats", "--by", "colour"], ["export", "--format", "xml"], ["frobnicate"], ["serve", "--upstream", "ftp://x"],
])
def test_misuse_is_told_from_failure(tmp_path, arguments):
    done = command(*arguments, home=tmp_path, check=False)
    assert done.returncode == 64
    assert done.stderr and not done.stdout


def test_show_knows_what_it_does_not_know(database):
    done = database.ask("show", "00000000-0000-7000-8000-000000000000", "--json", check=False)
    assert done.returncode == 1
    assert done.stderr


def test_tables_are_for_people(database):
    for arguments in (["list"], ["stats"], ["stats", "--by", "model"], ["doctor"]):
        text = database.ask(*arguments).stdout
        assert text.strip()
        assert max(map(len, text.splitlines())) <= 200
    record = database.records()[0]
    assert record["model_id"] in database.ask("show", record["record_id"]).stdout


def test_clear_asks(database, tmp_path):
    copy = Database(tmp_path / "copy.db")
    exported = database.ask("export", "--format", "jsonl").stdout
    (tmp_path / "calls.jsonl").write_text(exported)
    copy.ask("import", tmp_path / "calls.jsonl")
    copy.ask("clear", stdin="n\n", check=False)
    assert len(copy.records()) == 60
    copy.ask("clear", "--yes")
    assert copy.records() == []
    assert copy.stats()["total_calls"] == 0


def test_doctor_finds_the_store_well(database):
    report = json.loads(database.ask("doctor", "--json").stdout)
    assert set(report) >= {"sensors", "engines", "store"}


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["stats", "--help"], ["--version"]])
def test_help(tmp_path, arguments):
    assert command(*arguments, home=tmp_path).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(tmp_path, shell):
    assert "inferometer" in command("--generate-completion-script", shell, home=tmp_path).stdout


def test_try_before_a_real_engine(engine, tmp_path):
    done = command("try", "--upstream", engine.url, home=tmp_path)
    assert "tiny" in done.stdout
    assert "OPENAI_BASE_URL" in done.stdout + done.stderr


def test_a_simulated_engine_says_so(tmp_path):
    from support.product import Serve
    from support.wire import call
    serve = Serve(tmp_path / "simulated", "--simulate")
    answer = call(serve.port, "/v1/chat/completions",
                  {"model": "any", "stream": True, "messages": [{"role": "user", "content": "Hello."}]})
    assert answer.status == 200 and answer.whole
    record = serve.database.find(answer.record)
    assert (record["engine"], record["outcome"]) == ("simulated", "completed")
    assert (record["cost_usd"], record["price_source"]) == (0, "local")
    assert "simulated" in serve.database.ask("list").stdout
    assert serve.stop() == 0
