#!/usr/bin/env bash
# Measures how soon a started server answers, and its memory once it rests: on an empty store and on a filled one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/common.sh
source bench/common.sh

usage() {
    cat <<'TEXT'
bench/start.sh [SERVER...]

For each server (a built one; without any, src/ObjectServer as it is built, as it is published in one file, for Linux on
this machine, and as a native program, where there is a C compiler) and each index engine: the time from its launch to its
first answer (403 to a request that nobody signed), the processor time that took, and the resident memory after IDLE
seconds of rest. Medians of ROUNDS starts, in turns.

From the environment:
  ROUNDS=7        starts of each kind
  OBJECTS=100000  objects in the filled store; 0 for none
  IDLE=3          seconds of rest before memory is read
  STORES          where bench/indexes.sh keeps filled stores, instead of filling some
  BENCH_DIR       where the data lies while measuring (a new directory in TMPDIR)
TEXT
}

case "${1:-}" in
    --help | -h) usage; exit 0 ;;
esac
rounds="${ROUNDS:-7}"
objects="${OBJECTS:-100000}"
idle="${IDLE:-3}"
engines=(litedb rocksdb)
servers=("$@")
work="$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/objectserver-start.XXXXXX")"
server_pid=""

clean() {
    [[ -z "$server_pid" ]] || kill -9 "$server_pid" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT

if ((${#servers[@]} == 0)); then
    echo "Building..." >&2
    dotnet build src/ObjectServer -c Release -v quiet --nologo >&2
    servers=(src/ObjectServer/bin/Release/net10.0/objectserver)
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) profile=linux-x64 ;;
        Linux-aarch64) profile=linux-arm64 ;;
        *) profile="" ;;
    esac
    if [[ -n "$profile" ]]; then
        dotnet publish src/ObjectServer -p:PublishProfile="$profile" -v quiet --nologo -o "$work/one-file" >&2
        servers+=("$work/one-file/objectserver")
    fi
    if command -v clang >/dev/null || command -v gcc >/dev/null; then
        dotnet publish src/ObjectServer -p:PublishProfile=native -v quiet --nologo -o "$work/native" >&2
        servers+=("$work/native/objectserver")
    fi
fi

port="$(free_port)"

# ask: whether the server answers now; bash speaks TCP, so that nothing but the server is waited for.
ask() {
    local status
    { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
    printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    read -r -t 10 _ status _ <&3 || status=""
    exec 3>&-
    [[ "$status" == 403 ]]
}

stop() {
    kill "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=""
}

ticks_per_second="$(getconf CLK_TCK)"

# measure KIND SERVER DATA ENGINE: one start, as a line of the samples.
measure() {
    local from ticks
    from="$(date +%s%N)"
    "$2" serve --data "$3" --index "$4" --listen "http://127.0.0.1:$port" >>"$work/log" 2>&1 </dev/null &
    server_pid=$!
    until ask; do
        kill -0 "$server_pid" 2>/dev/null || { tail -n 20 "$work/log" >&2; exit 1; }
        sleep 0.002
    done
    local milliseconds=$((($(date +%s%N) - from) / 1000000))
    ticks="$(sed -E 's/^.*\) //' "/proc/$server_pid/stat" | awk '{ print $12 + $13 }')"
    sleep "$idle"
    printf '%s\t%s\t%s\t%s\n' "$1" "$milliseconds" $((ticks * 1000 / ticks_per_second)) \
        "$(awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$server_pid/status")" >>"$work/samples"
    stop
}

if ((objects > 0)) && [[ -z "${STORES:-}" ]]; then
    echo "Filling..." >&2
    dotnet build bench/Load -c Release -v quiet --nologo >&2
    dotnet build bench/Fill -c Release -v quiet --nologo >&2
    for engine in "${engines[@]}"; do
        "${servers[0]}" serve --data "$work/$engine" --index "$engine" --listen "http://127.0.0.1:$port" >>"$work/log" 2>&1 &
        server_pid=$!
        until ask; do
            sleep 0.1
        done
        bench/Load/bin/Release/net10.0/load fill --endpoint "http://127.0.0.1:$port" --bucket bench --objects 1 \
            --connections 1 >/dev/null
        stop
        bench/Fill/bin/Release/net10.0/fill --data "$work/$engine" --bucket bench --objects "$objects" >/dev/null
    done
fi

for round in $(seq "$rounds"); do
    echo "Round $round of $rounds..." >&2
    for server in "${servers[@]}"; do
        for engine in "${engines[@]}"; do
            rm -rf "$work/empty"
            measure "$server, $engine, empty" "$server" "$work/empty" "$engine"
            store="${STORES:-$work}/$engine"
            [[ ! -d "$store" ]] || measure "$server, $engine, filled" "$server" "$store" "$engine"
        done
    done
done

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

echo "| start | first answer (ms) | processor time (ms) | memory at rest (MiB) |"
echo "| --- | --- | --- | --- |"
cut -f 1 "$work/samples" | awk '!seen[$0]++' | while IFS= read -r kind; do
    of() { awk -F '\t' -v kind="$kind" -v field="$1" '$1 == kind { print $field }' "$work/samples" | median; }
    echo "| $kind | $(of 2) | $(of 3) | $(of 4) |"
done
