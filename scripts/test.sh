#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# Sets up and runs every test, the real engine's included. Says at the end what each step took.
. "$(dirname "$0")/lib.sh"

export CI_STRICT=${CI_STRICT:-1}
timings=()
# timed NAME COMMAND...: runs it, and keeps what it took.
timed() {
    local name=$1 began=$SECONDS
    shift
    "$@"
    timings+=("$name $((SECONDS - began)) s")
}

unit_tests() {
    # The clients of engines are tested before a real one.
    trap 'scripts/engine-llamacpp.sh stop || true' EXIT
    INFEROMETER_TEST_ENGINE=$(scripts/engine-llamacpp.sh start)
    export INFEROMETER_TEST_ENGINE
    step "Building and running the unit tests (about ten minutes the first time)"
    # The lines that only say that a test began are most of the output; arguments among them are any bytes.
    # One at a time: some tests look at the memory and the timers of the process that they all share.
    "$SWIFT" test --no-parallel --explicit-target-dependency-import-check error 2>&1 | LC_ALL=C grep -a --line-buffered -v '◇ '
}

# The programs of Examples/ are a package of their own. It builds in the folder of the tests, whose objects it shares:
# a folder of its own would cost five minutes. What SwiftPM remembers there of the main package is put back afterwards.
build_examples() {
    step "Building the examples"
    local kept=.build/kept status=0 bin program
    bin=$("$SWIFT" build --show-bin-path)
    # Their old objects have crashed where the stored properties of a library's type had changed.
    for program in Examples/Sources/*/; do rm -rf "$bin/$(basename "$program").build"; done
    rm -rf "$kept"
    mkdir -p "$kept" "$CACHE"
    cp -p .build/debug.yaml .build/plugin-tools.yaml .build/workspace-state.json "$bin/description.json" "$kept/"
    "$SWIFT" build --package-path Examples --scratch-path "$PWD/.build" --disable-build-manifest-caching \
        >"$CACHE/examples.log" 2>&1 || status=$?
    mv "$kept/description.json" "$bin/description.json"
    mv "$kept"/* .build/
    rmdir "$kept"
    [ $status = 0 ] || { cat "$CACHE/examples.log" >&2; return $status; }
}

integration_tests() {
    step "Running the binary before real engines and clients"
    INFEROMETER_BINARY=$BINARY "$python" -m pytest IntegrationTests -ra -q --color=no -p no:cacheprovider
}

need_swift
need_headers
need_packages curl sqlite3
timed check scripts/check.sh
python=$(python_with tests IntegrationTests/requirements.txt)
timed "unit tests" unit_tests
timed documentation scripts/check-docs.sh
timed examples build_examples
timed "release build" build_release
trap 'printf "%s\n" "${timings[@]}" >&2' ERR
step "Took so far: ${timings[*]/%/,}"
timed "integration tests" integration_tests
