#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs coordinator, interceptor and copier with each other for a moment, in a network namespace of their own, so that the JVM archives
# the classes they load (AppCDS): a third less CPU at every start. Called by bin/build through unshare; without archives all works, too.
set -euo pipefail
ROOT=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
SECONDS_TO_CONNECT=20
SECONDS_TO_END=40

folder=$(mktemp -d)

# start PROGRAM METRICS-PORT OPTION...: in the background, to be archived at its end
start() {
    local program=$1 port=$2
    shift 2
    rm -f "$ROOT/$program/target/run/$program.jsa"
    JAVA_TOOL_OPTIONS="-XX:ArchiveClassesAtExit=$folder/$program.jsa" "$ROOT/bin/$program" \
        "$@" -d -l "$folder/log" -P "$folder/$program" --metrics-port "$port"
}

# get PORT PATH: whether the answer is 200
get() {
    local status=
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
    read -r _ status _ <&3
    cat <&3 >/dev/null
    exec 3>&-
    [ "$status" = 200 ]
}

# end PROGRAM PID: its archive is kept only if it was written to its end
end() {
    local deadline=$((SECONDS + SECONDS_TO_END))
    kill "$2"
    while kill -0 "$2"; do
        [ $SECONDS -lt $deadline ] || exit 1
        sleep 0.1
    done
    mv "$folder/$1.jsa" "$ROOT/$1/target/run/"
}

clean() {
    kill -9 "${pids[@]}" || true
    rm -rf "$folder"
}

pids=()
trap clean EXIT
ip link set lo up
start coordinator 9466 serve --data "$folder/data" --bind 127.0.0.1 --http 127.0.0.1:9467
pids+=("$(<"$folder/coordinator")")
start interceptor 9464 --capture lo -F 'tcp src port 9' -z 127.0.0.1
pids+=("$(<"$folder/interceptor")")
start copier 9465 -x 9-198.18.0.1:9 -z 127.0.0.1 -s 127.0.0.1
pids+=("$(<"$folder/copier")")
until get 9465 /readyz || [ $SECONDS -gt $SECONDS_TO_CONNECT ]; do
    sleep 0.1
done
get 9465 /metrics
get 9464 /metrics
get 9467 /pools
end copier "${pids[2]}"
end interceptor "${pids[1]}"
end coordinator "${pids[0]}"
