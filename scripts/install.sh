#!/usr/bin/env bash
# Inferometer
# SPDX-License-Identifier: Apache-2.0
# install.sh PREFIX: puts binary, completions and man page below PREFIX (and DESTDIR before it, for packagers).
. "$(dirname "$0")/lib.sh"

# lay_out ROOT: writes the installed tree.
lay_out() {
    local root=$1 share=$1/share
    mkdir -p "$root/bin" "$share/man/man1" "$share/bash-completion/completions" "$share/zsh/site-functions" \
        "$share/fish/vendor_completions.d" "$share/doc/inferometer"
    install -m 755 "$BINARY" "$root/bin/inferometer"
    install -m 644 docs/man/inferometer.1 "$share/man/man1/inferometer.1"
    install -m 644 LICENSE NOTICE CHANGELOG.md "$share/doc/inferometer/"
    "$BINARY" --generate-completion-script bash >"$share/bash-completion/completions/inferometer"
    "$BINARY" --generate-completion-script zsh >"$share/zsh/site-functions/_inferometer"
    "$BINARY" --generate-completion-script fish >"$share/fish/vendor_completions.d/inferometer.fish"
}

tarball() {
    local version name tree
    version=$("$BINARY" --version)
    name=inferometer-${version##* }-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
    tree=dist/$name
    rm -rf "$tree"
    lay_out "$tree"
    # Symbols are half of the size and serve nobody here.
    [ "$(uname)" = Darwin ] || strip "$tree/bin/inferometer"
    cp -R deploy "$tree/deploy"
    tar -C dist -czf "dist/$name.tar.gz" "$name"
    rm -rf "$tree"
    say "dist/$name.tar.gz: $(du -h "dist/$name.tar.gz" | cut -f 1)"
}

need_swift
need_headers
build_release
if [ "${1:-}" = --tarball ]; then
    tarball
else
    prefix=${1:?usage: install.sh PREFIX}
    lay_out "${DESTDIR:-}$prefix"
    say "Installed below ${DESTDIR:-}$prefix"
fi
