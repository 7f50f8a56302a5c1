# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""The programs of Examples/, each run as its reader would: before a real engine, with what they print looked at."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.request

import pytest

from support.ollama import WORDS, ScriptedOllama
from support.product import ROOT, environment
from support.waiting import first_line

EXAMPLES = pathlib.Path(os.environ.get("INFEROMETER_EXAMPLES", ROOT / ".build/debug"))
# 40 W from the start on, and a counter that is published every 20 ms.
CARD = 'device name="NVIDIA L4" uuid=GPU-example counter_mj=1000 period_ms=20\npower 0:40\n'


def library_name(name):
    return f"lib{name}.dylib" if sys.platform == "darwin" else f"lib{name}.so"


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """An environment in which the loader finds a fake driver with one card."""
    folder = tmp_path_factory.mktemp("driver")
    shutil.copy(EXAMPLES / library_name("FakeNVML"), folder / "libnvidia-ml.so.1")
    (folder / "script").write_text(CARD)
    return {"LD_LIBRARY_PATH": str(folder), "FAKE_NVML_SCRIPT": str(folder / "script")}


def run(name, *arguments, home, stdin="", more=None):
    done = subprocess.run([EXAMPLES / name, *map(str, arguments)], env=environment(home) | (more or {}), input=stdin,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{name}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_a_first_call_is_measured_in_under_25_lines(engine, tmp_path, card):
    source = ROOT / "Examples/Sources/FirstCall/main.swift"
    assert len(source.read_text().splitlines()) < 25
    *answer, timing, costs = run("FirstCall", engine.url, home=tmp_path, more=card).splitlines()
    assert "".join(answer).strip()
    tokens, first = re.fullmatch(r"(\d+) tokens, ([\d.e-]+) seconds to the first", timing).groups()
    assert 1 <= int(tokens) <= 64 and 0 < float(first) < 60
    joules, dollars = re.fullmatch(r"([\d.]+) J, \$([\d.]+)", costs).groups()
    assert 0 < float(joules) < 40 * 300 and float(dollars) == 0


def test_without_a_sensor_the_energy_is_unknown_and_not_zero(engine, tmp_path):
    assert run("FirstCall", engine.url, home=tmp_path).splitlines()[-1].startswith("unknown J, $")


def test_the_article_shows_the_program_that_is_tested():
    source = (ROOT / "Examples/Sources/FirstCall/main.swift").read_text()
    code = source[source.index("import Telemetry"):].strip()
    assert code in (ROOT / "Sources/Telemetry/Telemetry.docc/MeasureYourFirstCall.md").read_text()


def test_chat(engine, tmp_path, card):
    said = run("Chat", engine.url, home=tmp_path, stdin="Hello.\nAnd again?\n\n", more=card)
    assert said.startswith(f"tiny at {engine.url}. ")
    summaries = re.findall(r"^\[(\d+) tokens, \d+ ms to the first, \d+ a second, [\d.]+ J, \$0\.0\]$", said, re.M)
    assert len(summaries) == 2 and all(1 <= int(tokens) <= 256 for tokens in summaries)


def test_chat_with_ollama(tmp_path):
    with ScriptedOllama() as server:
        said = run("Chat", server.url, home=tmp_path, stdin="Why is the sky blue?\n\n")
    assert said.startswith("llama3.2 at ") and "".join(WORDS) in said
    assert re.search(r"^\[5 tokens, .*\$0\.0\]$", said, re.M)


def test_energy_study(engine, tmp_path, card):
    said = run("EnergyStudy", engine.url, 6, home=tmp_path, more=card).splitlines()
    assert re.fullmatch(r"warm-up: \d+ calls, steady: (true|false)", said[0])
    rows = [line.split() for line in said[2:]]
    assert [row[:2] for row in rows] == [["1", "6"], ["2", "6"], ["4", "6"]]
    for row in rows:
        assert int(row[2]) > 0 and int(row[3]) > 0 and float(row[4]) > 0


def test_server(engine, tmp_path):
    process = subprocess.Popen([EXAMPLES / "AskServer", engine.url, tmp_path / "calls.db"], env=environment(tmp_path),
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
    try:
        url = first_line(process).split()[-1]
        for question in (b"Hello.", b"And you?"):
            with urllib.request.urlopen(url + "/ask", question, timeout=60) as answer:
                assert answer.read().strip()
        with urllib.request.urlopen(url + "/usage", timeout=60) as answer:
            usage = json.loads(answer.read())
        assert usage["calls"] == 2 and usage["tokens"] > 2 and usage["dollars"] == 0
        assert usage["medianMillisecondsToFirstToken"] > 0
        process.terminate()
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()


def test_any_engine_behind_two_closures(tmp_path):
    assert run("AnyEngine", home=tmp_path).splitlines() == [
        "1 2 3 4 5 6 7 8 ", "recorded: 8 tokens of in-process", "conforms: true",
    ]


def test_our_clients_keep_the_contract_of_an_engine(engine, start, tmp_path):
    assert run("EngineCheck", engine.url, "tiny", home=tmp_path) == "llama.cpp: conforms\n"
    with ScriptedOllama() as server:
        assert run("EngineCheck", server.url, "llama3.2", home=tmp_path) == "ollama: conforms\n"
    # Behind the proxy it is the same engine.
    assert run("EngineCheck", start(upstreams=[engine.url]).url, "tiny", home=tmp_path).endswith(": conforms\n")


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="knows no way to list libraries here")
def test_the_core_links_no_foundation(tmp_path):
    program = EXAMPLES / "CoreAlone"
    assert run("CoreAlone", home=tmp_path) == "H100 SXM 1.0 J\n"
    lister = ["otool", "-L"] if sys.platform == "darwin" else ["readelf", "-d"]
    linked = subprocess.run([*lister, program], capture_output=True, text=True, check=True).stdout
    assert "swiftCore" in linked
    assert "Foundation" not in linked, linked


def test_public_names_are_public(tmp_path):
    """That it was built is most of it: it names every promised symbol from outside the package."""
    assert re.fullmatch(r"\d+ names\n", run("PublicNames", home=tmp_path))
