#!/bin/bash
#
# Measures lupa4j, its peers and a C host, and prints one table:
#
#   src/bench/run.sh             everything, in about an hour
#   src/bench/run.sh --quick     in 3 minutes: one round, and of the peers those that the targets name
#   src/bench/run.sh --chart=src/docs/performance.svg    draws the table, too
#   src/bench/run.sh invoke      only the rows whose name contains "invoke"
#   src/bench/run.sh --host      only the C host
#
# What is missing or older than its source is built first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

native=luajit-presets/cppbuild/current

newer() { # result, sources...: whether a source is newer than the result
    local result=$1
    shift
    [[ ! -e "$result" || -n "$(find "$@" -newer "$result" -type f -print -quit)" ]]
}

if newer target/bench.args pom.xml src/main src/bench/java luajit-presets/src luajit-presets/cppbuild.sh; then
    mvn -B -q -Pbench -DskipTests package
    touch target/bench.args
fi
if newer target/bench-host src/bench/c "$native/lib/plain/"; then
    gcc -O2 -Wall -Wextra -I"$native/include" -o target/bench-host src/bench/c/host.c \
        "$native/lib/plain/libluajit.a" -lm -ldl -Wl,-E
fi
if [[ "${1:-}" == --host ]]; then
    exec target/bench-host
fi
exec java @target/bench.args io.github.lupa4j.bench.Report "$@"
