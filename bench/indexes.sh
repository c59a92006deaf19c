#!/usr/bin/env bash
# Measures the server with each index engine at many objects: PUT, GET, LIST, start-up, memory, disk.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
bench/indexes.sh [ENGINE...]

For each engine (litedb and rocksdb, if none is named): fills a store with small objects, reads and lists them, starts
the server again after a good end and after a kill, rebuilds the index, and prints one table.

From the environment:
  OBJECTS=1000000 objects, each SIZE=128 bytes
  SECONDS_EACH=8  how long reads (of 10,000 of the objects) and listings are measured
  BENCH_DIR       where the data lies while measuring, on the disk to be measured (a new directory in TMPDIR)
  SERVER          a built server, instead of building src/ObjectServer
TEXT
}

case "${1:-}" in
    --help | -h) usage; exit 0 ;;
esac
engines=("$@")
((${#engines[@]})) || engines=(litedb rocksdb)

objects="${OBJECTS:-1000000}"
size="${SIZE:-128}"
seconds="${SECONDS_EACH:-8}"

# The driver signs every request of a run before the run begins.
read=$((objects < 10000 ? objects : 10000))
work="$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/objectserver-indexes.XXXXXX")"
server_pid=""

clean() {
    [[ -z "$server_pid" ]] || kill -9 "$server_pid" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT

echo "Building..." >&2
dotnet build bench/Load -c Release -v quiet --nologo >&2
load=bench/Load/bin/Release/net10.0/load
if [[ -z "${SERVER:-}" ]]; then
    dotnet build src/ObjectServer -c Release -v quiet --nologo >&2
    SERVER=src/ObjectServer/bin/Release/net10.0/objectserver
fi

export AWS_ACCESS_KEY_ID=AKIABENCH00000000001 AWS_SECRET_ACCESS_KEY=bench+secret/0001
export OBJECTSERVER_ACCESS_KEY="$AWS_ACCESS_KEY_ID" OBJECTSERVER_SECRET_KEY="$AWS_SECRET_ACCESS_KEY"

free_port() {
    local port
    for port in $(shuf -i 20000-32000 -n 50); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    return 1
}
url="http://127.0.0.1:$(free_port)"

now() { date +%s%N; }
since() { awk -v ns=$(($(now) - $1)) 'BEGIN { printf "%.2f", ns / 1e9 }'; }
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

# run FIELD KEYS LOAD-ARGUMENTS...: one run of the driver over so many keys, and one figure of it.
run() {
    local field="$1" keys="$2"
    shift 2
    local result
    if ! result="$("$load" "$@" --endpoint "$url" --bucket bench --objects "$keys" --size "$size" --json)"; then
        echo "The driver met errors:" >&2
        jq -r '.firstErrors[]' <<<"$result" >&2 || echo "$result" >&2
        return 1
    fi
    jq -r "$field | round" <<<"$result"
}

for engine in "${engines[@]}"; do
    echo "$engine: filling..." >&2
    start "$engine"
    empty="$started"
    idle="$(rss)"
    put="$(run .requestsPerSecond "$objects" fill --seconds 600 --warmup 0)"
    filled="$(rss)"
    echo "$engine: reading..." >&2
    get="$(run .requestsPerSecond "$read" get --filled --seconds "$seconds")"
    list="$(run .listedKeysPerSecond "$read" list --filled --connections 1 --seconds "$seconds")"
    sleep 6
    stop TERM
    index="$(du -sm "$work/$engine/index" | cut -f 1)"
    journal="$(du -sm "$work/$engine/journal" | cut -f 1)"
    start "$engine"
    good="$started"
    restarted="$(rss)"
    stop KILL
    start "$engine"
    killed="$started"
    stop TERM
    from="$(now)"
    "$SERVER" index rebuild --data "$work/$engine" --index "$engine" >>"$work/$engine.log"
    rebuilt="$(since "$from")"
    rm -rf "${work:?}/$engine"
    printf '%s\n' "| $engine | $put | $get | $list | $empty / $good / $killed | $rebuilt | $idle / $filled / $restarted | $index | $journal |" >>"$work/rows"
done

echo "| $objects objects of $size bytes | PUT/s | GET/s | listed keys/s | start: empty, filled, after a kill (s) | rebuild (s) | memory: empty, after the load, started again (MiB) | index (MiB) | journal (MiB) |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
cat "$work/rows"
