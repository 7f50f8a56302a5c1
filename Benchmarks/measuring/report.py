# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Targets, what was measured, and the page that says both."""
import dataclasses
import json
import os
import pathlib
import platform
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Row:
    """One target beside what was measured in one run with its yardstick."""
    what: str
    goal: str
    found: str
    yardstick: str
    met: bool | None  # None: measured without a target


class Report:
    def __init__(self):
        self.sections = {}

    def add(self, section, what, goal, found, yardstick, met):
        self.sections.setdefault(section, []).append(Row(what, goal, found, yardstick, met))
        verdict = {True: "met", False: "MISSED", None: ""}[met]
        print(f"  {what}: {found} (goal: {goal}; {yardstick}) {verdict}", flush=True)

    def at_least(self, section, what, value, goal, yardstick, unit=""):
        self.add(section, what, f"at least {goal:g}{unit}", f"{value:.3g}{unit}", yardstick, value >= goal)

    def at_most(self, section, what, value, goal, yardstick, unit=""):
        self.add(section, what, f"at most {goal:g}{unit}", f"{value:.3g}{unit}", yardstick, value <= goal)

    def missed(self):
        return [row.what for rows in self.sections.values() for row in rows if row.met is False]

    def write(self, path):
        lines = ["# Benchmarks", "",
                 "Written by `make bench`. Each figure is measured in one run beside its yardstick, in turns, and is a",
                 "median; ratios hold better than single figures on a machine that does other things too.", "",
                 machine(), ""]
        for section, rows in self.sections.items():
            lines += [f"## {section}", "", "| What | Target | Measured | Beside | Verdict |", "|---|---|---|---|---|"]
            for row in rows:
                verdict = {True: "met", False: "**missed**", None: ""}[row.met]
                lines.append(f"| {row.what} | {row.goal} | {row.found} | {row.yardstick} | {verdict} |")
            lines.append("")
        missed = self.missed()
        lines.append("Every target is met." if not missed else f"Missed: {'; '.join(missed)}.")
        path.write_text("\n".join(lines) + "\n")

    def keep(self, path):
        path.write_text(json.dumps({name: [dataclasses.asdict(row) for row in rows]
                                    for name, rows in self.sections.items()}, indent=1))


def machine():
    try:
        model = next(line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    load = os.getloadavg()[0]
    return (f"Measured at {commit.stdout.strip()} on {os.cpu_count()} cores of {model}, {platform.system()} "
            f"{platform.release()}; load average at the end {load:.1f}.")
