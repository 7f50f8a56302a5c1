#!/usr/bin/env python3
# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Turns scripts/data/accelerators.csv into Swift literals: python3 scripts/make_accelerators.py

The regular expressions of the table become patterns of NamePattern: literals, `|` for a word boundary, `^` and `$`
for the ends, `*` for a gap; options and alternatives are written out.
"""
import csv
import itertools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "Sources/TelemetryCatalog/Accelerators/AcceleratorCatalog+Generated.swift"
HEADER = """// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Made by scripts/make_accelerators.py from scripts/data/accelerators.csv: change those.

// swift-format-ignore-file
extension AcceleratorCatalog {
    static let rows: [AcceleratorRow] = [
"""
CONFIDENCE = [("vendor", "vendor"), ("secondary", "secondary"), ("derived", "derived"), ("third-party", "thirdParty")]


def patterns(expression):
    """The patterns that together match what the expression matches."""
    # The boards' bare name needs its boundary: the letters also end other words.
    if expression == "(AGX )?Thor":
        return ["|Thor|"]
    found = []
    for alternative in expression.split("|"):
        parts = re.split(r"(\(.*?\)\?|\[.*?\]|.\?)", alternative.replace(r"\b", "|").replace(".*", "*"))
        choices = []
        for part in parts:
            if part.startswith("["):
                choices.append(list(part[1:-1]))
            elif part.endswith("?"):
                choices.append(["", part[:-1].strip("()")])
            else:
                choices.append([part])
        found += ["".join(choice) for choice in itertools.product(*choices)]
    return found


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(value):
    return value if value else "nil"


def confidence(value):
    for prefix, case in CONFIDENCE:
        if value.startswith(prefix):
            return case
    raise SystemExit(f"unknown confidence: {value}")


def row(fields):
    names = ", ".join(text(pattern) for pattern in patterns(fields["match_regex"]))
    lines = [
        f"vendor: {text(fields['vendor'])}, name: {text(fields['name'])}, patterns: [{names}],",
        f"bf16: {number(fields['bf16_dense_tflops'])}, fp16: {number(fields['fp16_dense_tflops'])}, "
        f"fp8: {number(fields['fp8_dense_tflops'])}, bandwidth: {number(fields['mem_bw_GBs'])}, "
        f"memory: {number(fields['mem_GB'])}, power: {number(fields['tdp_W'])},",
        f"confidence: .{confidence(fields['confidence'])}, basis: {text(fields['confidence'])},",
        f"notes: {text(fields['notes'])},",
        f"source: {text(fields['source'])},",
        f"verification: {text(fields['verification'])}",
    ]
    return "        AcceleratorRow(\n            " + "\n            ".join(lines) + "\n        ),\n"


with open(ROOT / "scripts/data/accelerators.csv", newline="") as table:
    rows = [row(fields) for fields in csv.DictReader(table)]
OUTPUT.write_text(HEADER + "".join(rows) + "    ]\n}\n")
