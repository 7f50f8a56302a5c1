#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# What a reader would trip over, found without building: format, headers, layers, words that have no place.
. "$(dirname "$0")/lib.sh"

failed=0
complain() { printf 'check: %s\n' "$*" >&2; failed=1; }

# report TEXT LINES: complains if there are lines.
report() {
    [ -z "$2" ] || complain "$1"$'\n'"$2"
}

files() { git ls-files -- "$@" | while read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done; }

step "Checking the format of the sources"
files '*.swift' | xargs "$SWIFT" format lint --strict --parallel || complain "format: run 'make format'"

unlicensed=$(files '*.swift' '*.py' '*.sh' | grep -vE '(^|/)Package.swift$' | while read -r file; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || printf '%s\n' "$file"
done)
report "no license header:" "$unlicensed"
report "Foundation in a layer that has none:" \
    "$(grep -rnE '^(public |package |internal )?import Foundation' Sources/TelemetryCore Sources/TelemetryCatalog || true)"
report "no place in the sources:" \
    "$(grep -rnE 'try!|fatalError\(|TODO|FIXME' Sources --include='*.swift' || true)"
report "a test that sleeps:" \
    "$(grep -rnE 'Task\.sleep|usleep\(|Thread\.sleep|\bsleep\([0-9]' Tests --include='*.swift' || true)"
report "longer than 400 lines:" \
    "$(files 'Sources/*.swift' | grep -v Generated | xargs wc -l | awk '$2 != "total" && $1 > 400 { print $2 ": " $1 }')"
report "no valid Python:" \
    "$(files '*.py' | while read -r file; do
        python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$file" 2>&1 || true
    done)"
report "a fault of the original (docs/parity.md) that neither a test nor a line is named after:" \
    "$(python3 - <<'PYTHON'
import pathlib, re
named = set()
for file in [*pathlib.Path("Tests").rglob("*.swift"), *pathlib.Path("IntegrationTests").rglob("*.py")]:
    text = file.read_text(errors="replace")
    for numbers in re.findall(r"[Dd]efects? ?((?:\d+(?:, | and |And)?)+)", text):
        named |= set(map(int, re.findall(r"\d+", numbers)))
named |= set(map(int, re.findall(r"^- \*\*Defect (\d+)\*\*", pathlib.Path("docs/parity.md").read_text(), re.M)))
print("\n".join(str(number) for number in range(1, 69) if number not in named))
PYTHON
    )"
if command -v shellcheck >/dev/null; then
    files '*.sh' .ci/run | xargs -r shellcheck --severity=warning || complain "shellcheck"
fi
[ $failed = 0 ] || die "the check found something"
