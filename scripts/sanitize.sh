#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# The unit tests of what runs on several threads under the thread sanitizer, all of them under the address sanitizer.
. "$(dirname "$0")/lib.sh"

need_swift
need_headers
step "Thread sanitizer"
TSAN_OPTIONS="halt_on_error=1 suppressions=$PWD/scripts/tsan-suppressions.txt" "$SWIFT" test --no-parallel --sanitize=thread --scratch-path .build-tsan \
    --filter 'TelemetryRecordingTests|TelemetryProxyTests|TelemetryStorageTests|InferometerCommandsTests'
step "Address sanitizer"
# XCTest's and GRDB's own process-wide objects are never freed: leaks are not looked for.
ASAN_OPTIONS=detect_leaks=0 "$SWIFT" test --no-parallel --sanitize=address --scratch-path .build-asan
