# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""That the check of the documentation would find what it is there to find."""
import json
import shutil
import subprocess
import sys

import pytest

from support.product import ROOT

SYMBOLS = ROOT / ".cache/docs/symbols"


@pytest.fixture
def symbols(tmp_path):
    if not SYMBOLS.exists():
        pytest.skip("no symbol graphs: run scripts/check-docs.sh first")
    return shutil.copytree(SYMBOLS, tmp_path / "symbols")


def check(symbols):
    return subprocess.run([sys.executable, ROOT / "scripts/check_docs.py", symbols], capture_output=True, text=True)


def change(symbols, module, path, body):
    """Changes the entry of one symbol; an entry that becomes nothing is taken out."""
    file = symbols / module / f"{module}.symbols.json"
    graph = json.loads(file.read_text())
    changed = [body(entry) if entry["pathComponents"] == path else entry for entry in graph["symbols"]]
    assert changed != graph["symbols"]
    graph["symbols"] = [entry for entry in changed if entry]
    file.write_text(json.dumps(graph))


def test_all_is_well(symbols):
    done = check(symbols)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) > 1000


def test_a_symbol_without_a_comment_is_found(symbols):
    change(symbols, "TelemetryCore", ["Energy", "joules"], lambda entry: {**entry, "docComment": {"lines": []}})
    done = check(symbols)
    assert done.returncode == 1 and "TelemetryCore: Energy.joules has no comment" in done.stderr


def test_a_promised_name_that_is_gone_is_found(symbols):
    change(symbols, "TelemetryStorage", ["TelemetryStore", "recentRecords(limit:)"], lambda entry: None)
    done = check(symbols)
    assert done.returncode == 1
    assert "TelemetryStorage has no public TelemetryStore.recentRecords(limit:)" in done.stderr


def test_a_name_in_an_article_that_is_gone_is_found(symbols):
    change(symbols, "TelemetryCore", ["ClosureEngine"], lambda entry: None)
    file = symbols / "TelemetryCore/TelemetryCore.symbols.json"
    file.write_text(file.read_text().replace("ClosureEngine", "OtherEngine"))
    done = check(symbols)
    assert done.returncode == 1
    assert "MeasureYourFirstCall.md: `ClosureEngine` is no public symbol" in done.stderr
