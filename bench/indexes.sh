#!/usr/bin/env bash
# Measures the server with each index engine at many objects: PUT, GET, LIST, start-up, memory, disk.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/common.sh
source bench/common.sh

usage() {
    cat <<'TEXT'
bench/indexes.sh [ENGINE...]

For each engine (litedb and rocksdb, if none is named): fills a store with small objects (bench/Fill: through the store's
own interface, durably, without HTTP), starts the server on it, measures PUTs of further objects, GETs of all of them in
an order that has nothing to do with the keys', and the listing; starts the server again after a good end and after a
kill, rebuilds the index, and prints one table.

From the environment:
  OBJECTS=1000000 objects, each SIZE=100 bytes
  SECONDS_EACH=8  how long PUTs, GETs and listings are measured, each
  REBUILD=true    whether the index is made anew at the end
  STORES          where a store per engine is kept from one run to the next: one that is there is not filled again
  BENCH_DIR       without STORES: where the data lies while measuring (a new directory in TMPDIR)
  SERVER          a built server, instead of building src/ObjectServer
TEXT
}

case "${1:-}" in
    --help | -h) usage; exit 0 ;;
esac
engines=("$@")
((${#engines[@]})) || engines=(litedb rocksdb)

objects="${OBJECTS:-1000000}"
size="${SIZE:-100}"
seconds="${SECONDS_EACH:-8}"
rebuild="${REBUILD:-true}"
if [[ -n "${STORES:-}" ]]; then
    mkdir -p "$STORES"
    work="$STORES"
else
    work="$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/objectserver-indexes.XXXXXX")"
fi
rows="$(mktemp)"
server_pid=""

clean() {
    [[ -z "$server_pid" ]] || kill -9 "$server_pid" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -f "$rows"
    [[ -n "${STORES:-}" ]] || rm -rf "$work"
}
trap clean EXIT

echo "Building..." >&2
dotnet build bench/Load -c Release -v quiet --nologo >&2
dotnet build bench/Fill -c Release -v quiet --nologo >&2
load=bench/Load/bin/Release/net10.0/load
fill=bench/Fill/bin/Release/net10.0/fill
if [[ -z "${SERVER:-}" ]]; then
    dotnet build src/ObjectServer -c Release -v quiet --nologo >&2
    SERVER=src/ObjectServer/bin/Release/net10.0/objectserver
fi

url="http://127.0.0.1:$(free_port)"

rss() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$server_pid/status"; }

# start ENGINE: serves until it is ready; the time that took is in $started.
start() {
    local from
    from="$(now)"
    "$SERVER" serve --data "$work/$1" --index "$1" --listen "$url" >>"$work/$1.log" 2>&1 </dev/null &
    server_pid=$!
    until curl --silent --fail --output /dev/null "$url/-/health/ready"; do
        kill -0 "$server_pid" 2>/dev/null || { tail -n 20 "$work/$1.log" >&2; exit 1; }
        sleep 0.02
    done
    started="$(since "$from")"
}

stop() {
    kill "-$1" "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=""
}

# run FIELDS LOAD-ARGUMENTS...: one run of the driver, and figures of it.
run() {
    local fields="$1"
    shift
    local result
    if ! result="$("$load" "$@" --endpoint "$url" --bucket bench --objects "$objects" --size "$size" --json)"; then
        echo "The driver met errors:" >&2
        jq -r '.firstErrors[]' <<<"$result" >&2 || echo "$result" >&2
        return 1
    fi
    jq -r "$fields" <<<"$result"
}

mib() { du -sm "$work/$1/$2" | cut -f 1; }

for engine in "${engines[@]}"; do
    filled="from before"
    if [[ ! -e "$work/$engine/FORMAT" ]]; then
        start "$engine"
        empty="$started s, $(rss) MiB"
        "$load" fill --endpoint "$url" --bucket bench --objects 1 --size "$size" --connections 1 >/dev/null
        stop TERM
        echo "$engine: filling..." >&2
        filled="$("$fill" --data "$work/$engine" --bucket bench --objects "$objects" --size "$size" | sed 's/.*, //')"
    fi
    echo "$engine: starting..." >&2
    start "$engine"
    good="$started"
    idle="$(rss)"
    echo "$engine: measuring..." >&2
    # Further objects, until the time is over.
    put="$(run '.requestsPerSecond | round' fill --prefix "further-$(date +%s)/" --warmup 0 --seconds "$seconds")"
    get="$(run '.requestsPerSecond | round' get --filled --seconds "$seconds")"
    list="$(run '"\(.listedKeysPerSecond | round) | \(.latencyMicroseconds.list.p50 / 100 | round / 10)"' \
        list --filled --connections 1 --seconds "$seconds")"
    busy="$(rss)"
    stop KILL
    start "$engine"
    killed="$started"
    stop TERM
    index="$(mib "$engine" index)"
    journal="$(mib "$engine" journal)"
    rebuilt=""
    if $rebuild; then
        from="$(now)"
        "$SERVER" index rebuild --data "$work/$engine" --index "$engine" >>"$work/$engine.log"
        rebuilt="$(since "$from")"
    fi
    [[ -n "${STORES:-}" ]] || rm -rf "${work:?}/$engine"
    printf '%s\n' "| $engine | $filled | $put | $get | $list | ${empty:-} | $good / $killed | $rebuilt | $idle / $busy | $index | $journal |" >>"$rows"
done

echo "| $objects objects of $size bytes | filled | PUT/s | GET/s | listed keys/s | page of 1,000 (ms) | empty store | start, filled / after a kill (s) | rebuild (s) | memory: started / after the load (MiB) | index (MiB) | journal (MiB) |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
cat "$rows"
