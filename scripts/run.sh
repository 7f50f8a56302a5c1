#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# Builds what is missing, then records a few calls to an engine: UPSTREAM=URL, ENGINE=llamacpp, else what is found.
. "$(dirname "$0")/lib.sh"

need_swift
need_headers
build_release
upstream=${UPSTREAM:-}
case ${ENGINE:-} in
'') ;;
llamacpp)
    step "Starting llama.cpp with a model of random weights"
    upstream=$(scripts/engine-llamacpp.sh start)
    trap 'scripts/engine-llamacpp.sh stop' EXIT
    ;;
*) die "ENGINE=$ENGINE is not known; ENGINE=llamacpp is, or name a running engine: UPSTREAM=http://127.0.0.1:8000" ;;
esac
# Ctrl-C is for the binary, which then ends by itself; this script waits for it.
trap ':' INT
"$BINARY" try ${upstream:+--upstream "$upstream"}
