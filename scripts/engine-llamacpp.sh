#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# The real llama.cpp with a model of random weights: start [--think] [--port N] | stop | url
. "$(dirname "$0")/lib.sh"

STATE=$CACHE/llamacpp
URL=$STATE/url

running() {
    [ -s "$STATE/pid" ] && kill -0 "$(cat "$STATE/pid")" 2>/dev/null
}

start() {
    local port=0 think=()
    while [ $# -gt 0 ]; do
        case $1 in
        --think) think=(--think) ;;
        --port) port=$2; shift ;;
        *) die "unknown option $1" ;;
        esac
        shift
    done
    if running; then cat "$URL"; return; fi
    mkdir -p "$STATE"
    local python model=$STATE/random${think[*]}.gguf
    python=$(python_with engine engines/requirements-llamacpp.txt)
    # About as fast as a real small model on a laptop, so that a stream can be watched.
    [ -s "$model" ] || "$python" engines/make_gguf.py "$model" --dim 384 --layers 6 "${think[@]}"
    rm -f "$URL"
    nohup "$python" engines/serve_llamacpp.py "$model" --port "$port" --alias random-llama \
        >"$STATE/out" 2>"$STATE/log" </dev/null &
    echo $! >"$STATE/pid"
    local tries=0
    until grep -q '^READY ' "$STATE/out" 2>/dev/null; do
        running || { tail -n 20 "$STATE/log" >&2; die "llama.cpp did not start"; }
        tries=$((tries + 1))
        [ $tries -lt 300 ] || die "llama.cpp did not answer within 30 s; see $STATE/log"
        sleep 0.1
    done
    sed -n 's/^READY //p' "$STATE/out" | tee "$URL"
}

stop() {
    running && kill "$(cat "$STATE/pid")"
    rm -f "$STATE/pid" "$URL"
}

case ${1:-} in
start) shift; start "$@" ;;
stop) stop ;;
url) running && cat "$URL" ;;
*) die "usage: $0 start [--think] [--port N] | stop | url" ;;
esac
