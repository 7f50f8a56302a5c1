#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# Measures every target beside its yardstick and writes docs/benchmarks.md; arguments go to Benchmarks/bench.py.
. "$(dirname "$0")/lib.sh"

[ "$(uname)" = Linux ] || die "make bench measures with /proc, nginx and wrk: it runs on Linux"
need_swift
need_headers
need_packages nginx wrk hyperfine gcc libc6-dev python3
build_release
for program in StoreBenchmark EnergyBenchmark LibraryBenchmark FakeNVML; do
    step "Building $program"
    INFEROMETER_BENCHMARKS=1 "$SWIFT" build -c release --static-swift-stdlib --product "$program" >&2
done
INFEROMETER_BINARY=$BINARY python3 Benchmarks/bench.py "$@"
