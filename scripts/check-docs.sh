#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# Documentation of the products: every link resolves, every public symbol has a comment, every promised name is there.
# Needs the debug build; BIN names its folder.
. "$(dirname "$0")/lib.sh"

MODULES=(Telemetry TelemetryCore TelemetryCatalog EnergyMonitors TelemetryRecording InferenceEngines TelemetryStorage
    TelemetryExport TelemetryTesting)
BIN=${BIN:-$("$SWIFT" build --show-bin-path)}
WORK=$CACHE/docs
failed=0

# Every C module that a Swift module may have been built with, as the build itself names them.
module_maps() {
    find Sources .build/checkouts -name module.modulemap -path '*/Sources/*' -not -path '*/Darwin/*' -print 2>/dev/null
    find "$BIN" -maxdepth 2 -name module.modulemap -not -path '*-tool.build/*' -print 2>/dev/null
}

# extract MODULE: writes the module's public symbols.
extract() {
    mkdir -p "$WORK/symbols/$1"
    "$EXTRACT" -module-name "$1" -target "$TARGET" -I "$BIN/Modules" "${MAPS[@]}" -minimum-access-level public \
        -skip-synthesized-members -output-dir "$WORK/symbols/$1" >&2
}

# links MODULE [FLAGS...]: has docc resolve every link; a warning is a failure.
links() {
    local module=$1
    shift
    "$DOCC" convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$WORK/symbols/$module" \
        --fallback-display-name "$module" --fallback-bundle-identifier "org.inferometer.$module" \
        --warnings-as-errors --output-path "$WORK/archives/$module.doccarchive" "$@" >"$WORK/$module.log" 2>&1 && return
    printf 'check: documentation of %s\n' "$module" >&2
    grep -A 4 -E 'warning:|error:' "$WORK/$module.log" >&2 || cat "$WORK/$module.log" >&2
    failed=1
}

step "Checking the documentation of the products"
tools=$(dirname "$(command -v "$SWIFT")")
DOCC=$(command -v docc || printf '%s\n' "$tools/docc")
EXTRACT=$tools/swift-symbolgraph-extract
[ -x "$DOCC" ] && [ -x "$EXTRACT" ] || die "docc or swift-symbolgraph-extract is missing beside $SWIFT"
TARGET=$("$SWIFT" -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
MAPS=()
while read -r map; do MAPS+=(-Xcc "-fmodule-map-file=$map"); done < <(module_maps)
rm -rf "$WORK"
mkdir -p "$WORK/archives"
for module in "${MODULES[@]}"; do
    extract "$module"
    links "$module"
done
python3 scripts/check_docs.py "$WORK/symbols" || failed=1
[ $failed = 0 ] || die "the documentation is not what it should be"
