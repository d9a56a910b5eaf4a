# SPDX-License-Identifier: Apache-2.0
# Runs Maven in the checkout. Sourced by the scripts in bin/; expects $ROOT.

need_build_tools() {
    command -v javac >/dev/null || need_packages "to compile" openjdk-17-jdk-headless
    command -v mvn >/dev/null || need_packages "to build" maven
}

# The commit that is built, marked when the checkout differs from it.
git_commit() {
    git -C "$ROOT" describe --always --dirty=-modified --abbrev=12 --exclude='*' 2>/dev/null || echo unknown
}

maven() {
    (cd "$ROOT" && exec mvn -B -ntp -q -Dstyle.color=never "-Dgit.commit=$(git_commit)" "$@")
}
