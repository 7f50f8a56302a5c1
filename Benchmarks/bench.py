#!/usr/bin/env python3
# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Measures every target beside its yardstick and writes docs/benchmarks.md.

usage: bench.py [--only start,store,proxy,energy,library] [--rows 1000000] [--minutes 10]
"""
import argparse
import pathlib

from measuring import energy, library, proxy, store
from measuring.processes import CACHE, ROOT
from measuring.report import Report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="start,store,proxy,energy,library")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=int, default=10, help="of 500 streams at once")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/benchmarks.md")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    parts = {"start": lambda report: proxy.start(report),
             "store": lambda report: store.measure(report, options.rows),
             "proxy": lambda report: proxy.measure(report, options.minutes),
             "energy": energy.measure,
             "library": library.measure}
    report = Report()
    for name in options.only.split(","):
        parts[name](report)
    report.write(options.out)
    report.keep(CACHE / "results.json")
    print(f"{options.out} written; {len(report.missed())} targets missed")


if __name__ == "__main__":
    main()
