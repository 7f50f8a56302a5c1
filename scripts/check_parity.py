#!/usr/bin/env python3
# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Proves that the parity suites look at every number that they should.

usage: check_parity.py [--rounds N] [--seed S] [--tests BUNDLE] [--folder FOLDER]

Each round changes one number of each file by 1 % in a copy of the folder, runs the suites on it, and wants each
changed case named as a failure. The numbers are those of `ours`, and of `expected` too where the verdict is `same`;
what is open is left alone. Prints the survivors; exit code 1 if there is any. Build the tests first.
"""
import argparse
import copy
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def numbers(value, path, open_paths, place=()):
    """Yields the places of the numbers below a value; list positions are no part of a path."""
    if path in open_paths:
        return
    if isinstance(value, dict):
        for key, member in value.items():
            yield from numbers(member, f"{path}.{key}" if path else key, open_paths, place + (key,))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from numbers(element, path, open_paths, place + (index,))
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 1e-12:
        yield place


def candidates(document):
    """Every number of a file that a run must notice."""
    found = []
    for index, case in enumerate(document["cases"]):
        if case["verdict"] == "open":
            continue
        parts = ["ours", "expected"] if case["verdict"] == "same" else ["ours"]
        for part in parts:
            for place in numbers(case[part], "", set(case.get("open") or [])):
                found.append((index, (part,) + place))
    return found


def change(document, index, place):
    changed = copy.deepcopy(document)
    value = changed["cases"][index]
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] *= 1.01
    return changed


def run(bundle, folder):
    environment = dict(os.environ, INFEROMETER_PARITY=str(folder))
    command = [str(bundle), "--testing-library", "swift-testing", "--no-parallel", "--filter", "Parity"]
    result = subprocess.run(command, env=environment, capture_output=True, timeout=600, cwd=ROOT, check=False)
    return result.returncode, (result.stdout + result.stderr).decode(errors="replace")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", default=str(ROOT / ".build/debug/inferometerPackageTests.xctest"))
    parser.add_argument("--folder", default=str(ROOT / "Tests/Fixtures/parity"))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    files = sorted(pathlib.Path(options.folder).glob("*.json"))
    documents = {file.name: json.loads(file.read_text()) for file in files}
    code, output = run(options.tests, options.folder)
    if code != 0:
        print(output[-4000:])
        sys.exit("the suites fail on the folder as it is")
    tried, survivors = 0, []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "parity"
            shutil.copytree(options.folder, folder)
            wanted = []
            for name, document in documents.items():
                places = candidates(document)
                if not places:
                    continue
                index, place = chance.choice(places)
                (folder / name).write_text(json.dumps(change(document, index, place)))
                case = f"{name.removesuffix('.json')}/{document['cases'][index]['name']}"
                wanted.append((case, ".".join(map(str, place))))
            code, output = run(options.tests, folder)
        tried += len(wanted)
        survivors += [f"{case}: {place}" for case, place in wanted if code == 0 or case not in output]
    print(f"{tried} numbers changed, {len(survivors)} not noticed")
    for survivor in survivors:
        print("  " + survivor)
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
