#!/usr/bin/env bash
# Measures a pass of lifecycle rules over a bucket of many objects: its time and memory, and what requests feel of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/common.sh
source bench/common.sh

usage() {
    cat <<'TEXT'
bench/lifecycle.sh [ENGINE...]

For each engine (litedb and rocksdb, if none is named): fills a bucket with small objects (bench/Fill), of which a rule
lets EXPIRING in a hundred expire, and starts the server with days of a second. A pass over objects that stay, and one
that removes those that go, are timed while CONNECTIONS clients read and write another bucket at a steady RATE, in windows of
five seconds; the same load is measured before without any pass. Prints one table.

From the environment:
  OBJECTS=1000000  objects, each SIZE=100 bytes
  EXPIRING=10      of a hundred that expire
  LIFECYCLE_RATE   as for the server; its default without
  RATE=500         requests a second of the foreground, GETs, HEADs, PUTs and DELETEs as "load mixed" has them
  CONNECTIONS=8    that send them
  SECONDS_ALONE=20 how long the foreground runs alone
  STORES           where a filled store per engine is kept from one run to the next (a copy of it is measured)
  BENCH_DIR        where the data lies while measuring (a new directory in TMPDIR)
  SERVER           a built server, instead of building src/ObjectServer
TEXT
}

case "${1:-}" in
    --help | -h) usage; exit 0 ;;
esac
engines=("$@")
((${#engines[@]})) || engines=(litedb rocksdb)

objects="${OBJECTS:-1000000}"
size="${SIZE:-100}"
expiring="${EXPIRING:-10}"
rate="${RATE:-500}"
connections="${CONNECTIONS:-8}"
alone="${SECONDS_ALONE:-20}"
work="$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/objectserver-lifecycle.XXXXXX")"
stores="${STORES:-$work/stores}"
mkdir -p "$stores"
server_pid=""
watch_pid=""

clean() {
    [[ -z "$watch_pid" ]] || kill "$watch_pid" 2>/dev/null || true
    [[ -z "$server_pid" ]] || kill -9 "$server_pid" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
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

# start DATA ENGINE SERVE-ARGUMENTS...: serves until it is ready.
start() {
    local data="$1" engine="$2"
    shift 2
    "$SERVER" serve --data "$data" --index "$engine" --listen "$url" "$@" >>"$work/log" 2>&1 </dev/null &
    server_pid=$!
    until curl --silent --fail --output /dev/null "$url/-/health/ready"; do
        kill -0 "$server_pid" 2>/dev/null || { tail -n 20 "$work/log" >&2; exit 1; }
        sleep 0.05
    done
}

stop() {
    kill "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=""
}

metric() { curl --silent "$url/-/metrics" | awk -v name="$1" 'index($1, name) == 1 { sum += $2 } END { printf "%.0f", sum }'; }
memory() { awk -v field="$1" '$1 == field ":" { printf "%.0f", $2 / 1024 }' "/proc/$server_pid/status"; }

# rules DOCUMENT: puts the rules of the bucket.
rules() {
    curl --silent --show-error --fail --request PUT "$url/bench?lifecycle=" \
        --aws-sigv4 aws:amz:us-east-1:s3 --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
        --header "Content-MD5: $(printf '%s' "$1" | openssl md5 -binary | base64)" \
        --header "x-amz-content-sha256: $(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)" --data-binary "$1"
}

rule() {
    echo "<LifecycleConfiguration><Rule><ID>bench</ID><Filter><Prefix>$1</Prefix></Filter><Status>Enabled</Status><Expiration><Date>$2T00:00:00Z</Date></Expiration></Rule></LifecycleConfiguration>"
}

# foreground SECONDS: a steady load on a bucket of its own; its latencies are a line of the file windows.
foreground() {
    "$load" mixed --endpoint "$url" --bucket front --objects 2000 --size 4096 --filled --warmup 0 --rate "$rate" \
        --connections "$connections" --seconds "$1" --json |
        jq -r '[.latencyMicroseconds.get.p50, .latencyMicroseconds.get.p99, .latencyMicroseconds.put.p50,
            .latencyMicroseconds.put.p99] | map(. / 1000) | @tsv' >>"$work/windows"
}

# The medians of the windows' latencies, and the worst of their 99th percentiles.
latencies() {
    local field row=""
    for field in 1 2 3 4; do
        row+="$(cut -f "$field" "$work/windows" | sort -g | awk '{ v[NR] = $1 } END {
            m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
            if ("'"$field"'" % 2) printf "%.2f", m; else printf "%.2f (%.2f)", m, v[NR] }') | "
    done
    echo "${row% | }"
}

# watch COUNTER COUNT: waits until a counter has grown by so much; writes the seconds that took, and the most memory.
watch() {
    local from before peak=0 used
    before="$(metric "$1")"
    from="$(now)"
    until (($(metric "$1") - before >= $2)); do
        used="$(memory VmRSS)"
        ((used <= peak)) || peak="$used"
        sleep 0.25
    done
    echo "$(since "$from") | $peak" >"$work/took"
}

# pass KIND COUNTER COUNT RULES: one pass beside the foreground, as a row.
pass() {
    rm -f "$work/took" "$work/windows"
    rules "$4"
    watch "$2" "$3" &
    watch_pid=$!
    until [[ -e "$work/took" ]]; do
        foreground 5
    done
    wait "$watch_pid"
    watch_pid=""
    rules "$(rule none/ 2000-01-01)"
    echo "| $engine | $1 | $(cat "$work/took") | $(latencies) |" >>"$work/rows"
}

for engine in "${engines[@]}"; do
    store="$stores/$engine-$objects"
    if [[ ! -e "$store/FORMAT" ]]; then
        echo "$engine: filling..." >&2
        start "$store" "$engine"
        "$load" fill --endpoint "$url" --bucket bench --objects 1 --size "$size" --connections 1 >/dev/null
        stop
        going=$((objects * expiring / 100))
        "$fill" --data "$store" --bucket bench --prefix going/ --objects "$going" --size "$size" >/dev/null
        "$fill" --data "$store" --bucket bench --prefix staying/ --objects $((objects - going)) --size "$size" >/dev/null
    fi
    cp -r "$store" "$work/data"
    echo "$engine: measuring..." >&2
    start "$work/data" "$engine" --lifecycle-day 1s ${LIFECYCLE_RATE:+--lifecycle-rate "$LIFECYCLE_RATE"}
    "$load" fill --endpoint "$url" --bucket front --objects 2000 --size 4096 --connections 8 >/dev/null
    rest="$(memory VmRSS)"
    rm -f "$work/windows"
    for ((window = 0; window < alone; window += 5)); do
        foreground 5
    done
    echo "| $engine | none | | $rest | $(latencies) |" >>"$work/rows"
    pass "over all, nothing due" objectserver_lifecycle_looks_total $((objects * (100 - expiring) / 100)) \
        "$(rule staying/ 2999-01-01)"
    pass "removes $expiring of 100" objectserver_lifecycle_actions_total $((objects * expiring / 100)) "$(rule going/ 2000-01-01)"
    stop
    rm -rf "$work/data"
done

echo "| $objects objects of $size bytes | pass | time (s) | memory (MiB) | GET p50 (ms) | GET p99 (worst window) | PUT p50 | PUT p99 (worst window) |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- |"
cat "$work/rows"
