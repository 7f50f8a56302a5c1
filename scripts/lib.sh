#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# What the scripts share. Source it; it changes to the repository's root.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SWIFT=${SWIFT:-swift}
CACHE=${CACHE:-$PWD/.cache}

say() { printf '%s\n' "$*" >&2; }
step() { printf '\n== %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# As root where we are not: sudo, if there is one.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "this needs root, and there is no sudo: run as root: $*"
    fi
}

# need_packages NAME...: installs the Debian packages that are missing; nothing on macOS, whose SDK has them.
need_packages() {
    command -v dpkg-query >/dev/null || { need_no_packages; return; }
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    step "Installing ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "${missing[@]}" >/dev/null 2>&1 && return
    as_root apt-get update -q >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "${missing[@]}" >/dev/null
}

need_no_packages() {
    [ "$(uname)" = Darwin ] && return
    [ -e /usr/include/sqlite3.h ] || die "no sqlite3.h: install SQLite's headers with this system's package manager"
    [ -e /usr/include/zlib.h ] || die "no zlib.h: install zlib's headers with this system's package manager"
}

# need_swift: says how to get Swift where it is absent or too old.
need_swift() {
    if ! command -v "$SWIFT" >/dev/null; then
        die "Swift is not installed. Get 6.3 or newer from https://www.swift.org/install" \
            "(macOS: Xcode 26 or newer, or swiftly; Linux: swiftly), then run this again."
    fi
    local version
    version=$("$SWIFT" --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9.]+' | head -n 1)
    [ -n "$version" ] || die "'$SWIFT --version' names no version"
    [ "$(printf '%s\n6.3\n' "$version" | sort -V | head -n 1)" = 6.3 ] \
        || die "Swift $version is too old: this needs 6.3 or newer, from https://www.swift.org/install"
}

# What the package itself links against.
need_headers() {
    need_packages libsqlite3-dev zlib1g-dev
}

# build_release: builds the binary and sets BINARY. On Linux it carries Swift's runtime, so that it can be installed.
build_release() {
    local flags=(-c release --product inferometer)
    [ "$(uname)" = Darwin ] || flags+=(--static-swift-stdlib)
    step "Building the release binary (about ten minutes the first time)"
    "$SWIFT" build "${flags[@]}" >&2
    # shellcheck disable=SC2034 # for the script that sourced this
    BINARY=$("$SWIFT" build "${flags[@]}" --show-bin-path)/inferometer
}

# python_with NAME FILE: a virtual environment with the requirements of FILE, remade when they change; prints its python.
python_with() {
    local venv=$CACHE/$1 requirements=$2 sum
    sum=$(cat "$requirements" engines/requirements-llamacpp.txt | cksum)
    if [ "$(cat "$venv/.requirements" 2>/dev/null)" != "$sum" ]; then
        command -v python3 >/dev/null || need_packages python3
        [ "$(uname)" = Darwin ] || need_packages python3-venv
        step "Setting up Python packages of $requirements (once)"
        rm -rf "$venv"
        mkdir -p "$CACHE"
        python3 -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2
        printf '%s\n' "$sum" >"$venv/.requirements"
    fi
    printf '%s\n' "$venv/bin/python"
}
