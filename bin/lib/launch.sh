# SPDX-License-Identifier: Apache-2.0
# Starts one of drcopy's programs. Sourced by the launchers; expects $ROOT, and $JVM_OPTIONS as an array.

# Netty names channels by the first network card's address; a namespace may have none, and looking takes time. Its search for
# leaked buffers takes a stack trace of every 128th; the buffers of these processes are gRPC's own.
NETTY_OPTIONS=(
    -Dio.grpc.netty.shaded.io.netty.machineId=02:00:00:00:00:00
    -Dio.grpc.netty.shaded.io.netty.leakDetection.level=disabled
)

# The last value given to an option, from the command line or else from the --config file; empty without one.
# option_value LONG SHORT ARG...
option_value() {
    local long=$1 short=$2 value= file= line
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
            --"$long" | -"$short") value=${2-} ;;
            --"$long"=*) value=${1#*=} ;;
            -"$short"=*) value=${1#*=} ;;
            --config) file=${2-} ;;
            --config=*) file=${1#*=} ;;
        esac
        shift
    done
    if [ -z "$value" ] && [ -r "$file" ]; then
        while read -r line; do
            [[ $line =~ ^(--)?"$long"([[:space:]]*=[[:space:]]*|[[:space:]]+)(.*)$ ]] && value=${BASH_REMATCH[3]}
        done <"$file"
    fi
    printf '%s' "$value"
}

is_daemon() {
    local arg
    for arg; do
        case $arg in -d | --daemon | --daemon=true) return 0 ;; esac
    done
    return 1
}

# The folder of the program's jars: beside bin/ in a release, where the build puts them in a checkout. run_folder PROGRAM
run_folder() {
    if [ -d "$ROOT/jars" ]; then
        echo "$ROOT/jars"
    else
        echo "$ROOT/$1/target/run"
    fi
}

# build_if_missing PROGRAM
build_if_missing() {
    if ! compgen -G "$(run_folder "$1")/$1-*.jar" >/dev/null; then
        echo "$1: no build yet, running bin/build" >&2
        "$ROOT/bin/build" || exit 1
    fi
}

# launch PROGRAM MAIN-CLASS ARG...
launch() {
    local program=$1 main=$2 java=java jar archive
    shift 2
    build_if_missing "$program"
    jar=$(compgen -G "$(run_folder "$program")/$program-*.jar")
    [ -z "${JAVA_HOME-}" ] || java=$JAVA_HOME/bin/java
    if ! command -v "$java" >/dev/null; then
        echo "$program: needs Java 17 or later: $java is not there" >&2
        exit 1
    fi
    archive=${jar%/*}/$program.jsa
    if [ -f "$archive" ]; then # one that does not fit this JVM or these jars is left aside, without a word
        JVM_OPTIONS+=("-XX:SharedArchiveFile=$archive" -Xlog:cds=off,cds+dynamic=off)
    fi
    # A log file that was moved away is opened anew by itself; SIGHUP, which asks for that, must not end the process.
    [ -z "$(option_value log l "$@")" ] || trap '' HUP
    set -- "${JVM_OPTIONS[@]}" -cp "$jar" "$main" "$@"
    if is_daemon "$@"; then
        launch_in_background "$program" "$java" "$@"
    else
        exec "$java" "$@"
    fi
}

# Waits until the process says that its start-up is done, or hands on its complaint and its exit code.
launch_in_background() {
    local program=$1 java=$2 pid rc=0
    shift 2
    folder=$(mktemp -d) || exit 1 # no local: the trap needs it
    trap 'rm -rf "$folder"' EXIT
    setsid "$java" "-Ddrcopy.ready=$folder/ready" "$@" </dev/null >/dev/null 2>"$folder/stderr" &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; exit 1' INT TERM HUP
    until [ -s "$folder/ready" ]; do
        if ! kill -0 "$pid" 2>/dev/null; then
            wait "$pid" || rc=$?
            cat "$folder/stderr" >&2
            [ "$rc" = 0 ] || exit "$rc"
            echo "$program: ended before its start-up was done" >&2
            exit 1
        fi
        sleep 0.05
    done
    cat "$folder/stderr" >&2
    trap - INT TERM HUP
    disown "$pid"
}
