#!/usr/bin/env python3
# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""What the public interface promises, held against the compiler's own account of it.

usage: check_docs.py SYMBOL-GRAPHS

SYMBOL-GRAPHS is a folder of one folder of symbol graphs a module. Complains about public symbols without a comment, names
in articles that are no public symbol, and names of the API that the project began from (scripts/data/
openjarvis-names.csv) that are not public, not documented, not tested or not in the migration article. Links between
symbols and articles are docc's to check (scripts/check-docs.sh).
"""
import csv
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MIGRATION = ROOT / "Sources/Telemetry/Telemetry.docc/FromPythonToSwift.md"
NAMES = ROOT / "scripts/data/openjarvis-names.csv"
# What the compiler makes itself, and protocols of the standard library explain.
UNWRITTEN = {"==(_:_:)", "!=(_:_:)", "hash(into:)", "hashValue", "<(_:_:)", "<=(_:_:)", ">(_:_:)", ">=(_:_:)",
             "...(_:)", "...(_:_:)", "..<(_:)", "..<(_:_:)", "encode(to:)", "init(from:)", "init(rawValue:)", "rawValue",
             "allCases", "description", "AllCases", "RawValue", "id", "makeAsyncIterator()", "next()", "next(isolation:)",
             "AsyncIterator", "Element", "Failure", "errorDescription", "==", "Chunks"}
# Words in code marks that look like symbols and are none of ours.
FOREIGN = {"Duration", "NaN", "README", "CHANGELOG", "Task", "Double", "String", "Sendable", "Codable", "ReplacingMergeTree"}


class Symbol:
    def __init__(self, module, entry):
        self.module, self.id = module, entry["identifier"]["precise"]
        self.path = ".".join(entry["pathComponents"])
        self.is_documented = bool(entry.get("docComment", {}).get("lines"))
        self.is_written = "location" in entry and "::SYNTHESIZED::" not in self.id
        self.last = entry["pathComponents"][-1]

    def answers_to(self, name):
        """Whether a name means this symbol; one without parentheses may leave the arguments out."""
        return self.path == name or ("(" not in name and self.path.split("(")[0] == name)


def read(folder):
    symbols = []
    for path in sorted(pathlib.Path(folder).glob("*/*.symbols.json")):
        graph = json.loads(path.read_text())
        module = path.name.split(".")[0].split("@")[0]
        symbols += [Symbol(module, entry) for entry in graph["symbols"]]
    return symbols


def undocumented(symbols):
    for symbol in symbols:
        if symbol.is_written and not symbol.is_documented and symbol.last not in UNWRITTEN:
            yield f"{symbol.module}: {symbol.path} has no comment"


def unknown_names(symbols):
    known = {part for symbol in symbols for part in symbol.path.replace("(", ".").split(".")}
    known |= {symbol.module for symbol in symbols} | {"Telemetry", "TelemetryPersistence"} | FOREIGN
    for article in sorted(ROOT.glob("Sources/*/*.docc/*.md")):
        text = re.sub(r"```.*?```", "", article.read_text(), flags=re.S)
        if article == MIGRATION:  # The first column holds the other language's names.
            text = re.sub(r"(?m)^\| [^|]*\|", "|", text)
        for name in re.findall(r"(?<!`)`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9_:()]+)?)`(?!`)", text):
            if "." in name:
                if not any(symbol.answers_to(name) for symbol in symbols):
                    yield f"{article.relative_to(ROOT)}: `{name}` is no public symbol"
            elif name not in known:
                yield f"{article.relative_to(ROOT)}: `{name}` is no public symbol"


def broken_promises(symbols):
    rows = [line for line in MIGRATION.read_text().splitlines() if line.startswith("| `")]
    tests = "\n".join(path.read_text() for path in sorted((ROOT / "Tests").rglob("*.swift")))
    with NAMES.open(newline="") as file:
        names = list(csv.DictReader(file))
    for name in names:
        python, swift, module = name["python"], name["swift"], name["module"]
        in_row = [row for row in rows if f"`{python}`" in row.split("|")[1] and swift in row.split("|")[2]]
        if not in_row or not all(row.split("|")[3].strip() for row in in_row):
            yield f"{MIGRATION.relative_to(ROOT)}: no line for {python} -> {swift} that says what differs"
        if not module:
            continue
        found = [symbol for symbol in symbols if symbol.module == module and symbol.answers_to(swift)]
        if not found:
            yield f"{module} has no public {swift}, which {python} became"
        elif not any(symbol.is_documented for symbol in found):
            yield f"{module}: {swift} has no comment"
        base = swift.split("(")[0]
        word = base.split(".")[0] if base.endswith(".init") else base.split(".")[-1]
        if not re.search(rf"\b{re.escape(word)}\b", tests):
            yield f"no test uses {swift}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    symbols = read(sys.argv[1])
    if not symbols:
        sys.exit(f"check_docs: no symbol graphs in {sys.argv[1]}")
    complaints = sorted({*undocumented(symbols), *unknown_names(symbols), *broken_promises(symbols)})
    for complaint in complaints:
        print(f"check_docs: {complaint}", file=sys.stderr)
    print(f"check_docs: {len(symbols)} public symbols, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
