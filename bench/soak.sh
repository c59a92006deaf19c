#!/usr/bin/env bash
# Runs the server under a steady mixed load and judges whether anything grows: memory, handles, dead space, latency.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/common.sh
source bench/common.sh

usage() {
    cat <<'TEXT'
bench/soak.sh [MINUTES]

Serves a new store for MINUTES (60) under reads, overwrites, deletions and listings of the same keys, and takes a sample
every few seconds: memory, garbage-collected heap, handles, threads, dead and live bytes of the journal, size of index and
blobs, p50 and p99 as the driver sees them. Then compares the first quarter with the last one, scrubs the store, prints a
table, and ends with 0 only if nothing grew and no request failed. The samples stay in SAMPLES.

From the environment:
  RATE=150        requests per second
  CONNECTIONS=16
  OBJECTS=4000    keys; about two thirds of them exist at any time
  SIZE=1MiB       the largest objects: 5 of 100; 15 have a sixteenth of it, 80 a 256th
  INDEX=litedb    the index engine
  EVERY=10        seconds from sample to sample
  SAMPLES         a file for the samples, tab-separated (soak.tsv in the directory of the run, removed with it)
  BENCH_DIR       where the data lies meanwhile (a new directory in TMPDIR)
  SERVER          a built server, instead of building src/ObjectServer
TEXT
}

case "${1:-}" in
    --help | -h) usage; exit 0 ;;
    "" | [1-9]*) minutes="${1:-60}" ;;
    *) usage >&2; exit 2 ;;
esac

rate="${RATE:-150}"
connections="${CONNECTIONS:-16}"
objects="${OBJECTS:-4000}"
size="${SIZE:-1MiB}"
engine="${INDEX:-litedb}"
every="${EVERY:-10}"
work="$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/objectserver-soak.XXXXXX")"
samples="${SAMPLES:-$work/soak.tsv}"
server_pid=""

clean() {
    [[ -z "$server_pid" ]] || kill "$server_pid" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT
trap 'echo "bench/soak.sh failed in line $LINENO: $BASH_COMMAND" >&2; tail -n 20 "$work/server.log" >&2' ERR

for tool in dotnet jq curl awk; do
    command -v "$tool" >/dev/null || { echo "bench/soak.sh needs $tool, which is not on this machine." >&2; exit 2; }
done

echo "Building..." >&2
dotnet build bench/Load -c Release -v quiet --nologo >&2
if [[ -z "${SERVER:-}" ]]; then
    dotnet build src/ObjectServer -c Release -v quiet --nologo >&2
    SERVER=src/ObjectServer/bin/Release/net10.0/objectserver
fi

# What is built meanwhile must not change what runs.
cp -r bench/Load/bin/Release/net10.0 "$work/load"
cp -r "$(dirname "$SERVER")" "$work/server"
touch "$work/server.log"
load="$work/load/load"
server="$work/server/$(basename "$SERVER")"

url="http://127.0.0.1:$(free_port)"

"$server" serve --data "$work/data" --index "$engine" --listen "$url" >"$work/server.log" 2>&1 </dev/null &
server_pid=$!
until curl --silent --fail --output /dev/null "$url/-/health/ready"; do
    kill -0 "$server_pid" 2>/dev/null || { tail -n 20 "$work/server.log" >&2; exit 1; }
    sleep 0.1
done

# sample SECONDS RESULT: one line of figures: the driver's from RESULT, the server's from its metrics and the system.
sample() {
    local status="/proc/$server_pid/status"
    curl --silent --show-error --fail --max-time 60 --retry 3 "$url/-/metrics" >"$work/metrics"
    {
        echo "$1"
        jq -r '[.requestsPerSecond, .errors, .latencyMicroseconds.get.p50, .latencyMicroseconds.get.p99,
            .latencyMicroseconds.put.p50, .latencyMicroseconds.put.p99] | .[]' <<<"$2"
        awk '/^VmRSS/ { printf "%.1f\n", $2 / 1024 }' "$status"
        awk '/^dotnet_gc_last_collection_heap_size_bytes/ { sum += $2 } END { printf "%.1f\n", sum / 1048576 }' "$work/metrics"
        # What vanishes while it is counted is no failure.
        { find "/proc/$server_pid/fd" -mindepth 1 2>/dev/null || true; } | wc -l
        awk '/^Threads/ { print $2 }' "$status"
        awk '/^objectserver_journal_segments / { print $2 }' "$work/metrics"
        awk '/^objectserver_journal_size_bytes / { printf "%.1f\n", $2 / 1048576 }' "$work/metrics"
        awk '/^objectserver_journal_dead_bytes / { printf "%.1f\n", $2 / 1048576 }' "$work/metrics"
        { du -sk "$work/data/index" 2>/dev/null || true; } | awk '{ printf "%.1f\n", $1 / 1024 }'
        { du -sk "$work/data/blobs" 2>/dev/null || true; } | awk '{ printf "%.1f\n", $1 / 1024 }'
        { find "$work/data/blobs" -type f 2>/dev/null || true; } | wc -l
    } | paste -s -d '\t' >>"$samples"
}

columns=(seconds rate errors get_p50 get_p99 put_p50 put_p99 memory heap handles threads segments journal dead index blobs
    blob_files)
(IFS=$'\t'; echo "${columns[*]}") >"$samples"
echo "Soaking $engine for $minutes minutes..." >&2
started=$SECONDS
failed=0
for ((round = 0; SECONDS - started < minutes * 60; round++)); do
    result="$("$load" churn --endpoint "$url" --bucket soak --objects "$objects" --size "$size" --rate "$rate" \
        --connections "$connections" --seconds "$every" --warmup 0 --seed "$round" --json)" || failed=$((failed + 1))
    if ! jq -e .errors <<<"$result" >/dev/null; then
        echo "The driver ended without a result: $result" >&2
        tail -n 20 "$work/server.log" >&2
        exit 1
    fi
    jq -r '.firstErrors[]' <<<"$result" >&2
    sample "$((SECONDS - started))" "$result"
done

kill -TERM "$server_pid"
wait "$server_pid" || true
server_pid=""
grep -E ' (warn|fail|crit): ' "$work/server.log" >&2 && failed=$((failed + 1))
scrub=sound
"$server" scrub --data "$work/data" >"$work/scrub.log" 2>&1 || { scrub=damaged; cat "$work/scrub.log" >&2; }

# The first twentieth is left out: caches fill, code is compiled. A closed segment is rewritten once more than 0.6 of it is
# dead, so dead bytes are at most 1.5 times the live ones, and those of two segments of 256 MiB: the one that is written,
# and one that waits.
awk -F '\t' -v failed="$failed" -v scrub="$scrub" -v engine="$engine" -v rate="$rate" '
    function median(name, from, to,    values, n, i, j, v) {
        n = 0
        for (i = from; i <= to; i++) { values[++n] = table[i, at[name]] }
        for (i = 2; i <= n; i++) {
            v = values[i]
            for (j = i - 1; j > 0 && values[j] > v; j--) { values[j + 1] = values[j] }
            values[j + 1] = v
        }
        return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
    }
    function most(name, from, to,    i, m) {
        for (i = from; i <= to; i++) { if (table[i, at[name]] > m) { m = table[i, at[name]] } }
        return m + 0
    }
    function line(label, name, factor, slack, digits,    first, last, bound, isFlat) {
        first = median(name, begin, q1)
        last = median(name, q4, rows)
        bound = first * factor + slack
        isFlat = last <= bound
        if (!isFlat) { grew++ }
        printf "| %s | %." digits "f | %." digits "f | %." digits "f | %s |\n", label, first, last,
            most(name, begin, rows), isFlat ? "flat" : sprintf("grew: more than %." digits "f", bound)
    }
    NR == 1 { for (i = 1; i <= NF; i++) { at[$i] = i } next }
    { rows++; for (i = 1; i <= NF; i++) { table[rows, i] = $i + 0 } }
    END {
        if (rows < 8) { print "Fewer than 8 samples: no verdict."; exit 2 }
        begin = int(rows / 20) + 1
        quarter = int((rows - begin + 1) / 4)
        q1 = begin + quarter - 1
        q4 = rows - quarter + 1
        for (i = 1; i <= rows; i++) { errors += table[i, at["errors"]] }
        printf "%s, %.0f minutes, %d requests/s asked, %.0f answered, %d errors, %d samples; scrub: %s\n\n",
            engine, table[rows, at["seconds"]] / 60, rate, median("rate", begin, rows), errors, rows, scrub
        print "| median of | first quarter | last quarter | most | |"
        print "| --- | --- | --- | --- | --- |"
        line("memory (MiB)", "memory", 1.1, 16, 0)
        line("garbage-collected heap (MiB)", "heap", 1.25, 16, 1)
        line("handles", "handles", 1, 16, 0)
        line("threads", "threads", 1, 8, 0)
        line("index (MiB)", "index", 1.25, 8, 1)
        line("blobs (MiB)", "blobs", 1.25, 16, 0)
        line("GET p50 (µs)", "get_p50", 1.5, 100, 0)
        line("GET p99 (µs)", "get_p99", 2, 2000, 0)
        line("PUT p50 (µs)", "put_p50", 1.5, 100, 0)
        line("PUT p99 (µs)", "put_p99", 2, 2000, 0)
        for (i = begin; i <= rows; i++) {
            bound = 1.5 * (table[i, at["journal"]] - table[i, at["dead"]]) + 512
            if (table[i, at["dead"]] > bound) { over++ }
        }
        if (over) { grew++ }
        printf "| dead bytes of the journal (MiB) | %.0f | %.0f | %.0f | %s |\n", median("dead", begin, q1),
            median("dead", q4, rows), most("dead", begin, rows), over ? "beyond the bound of compaction" : "bounded"
        printf "| segments | %.0f | %.0f | %.0f | |\n", median("segments", begin, q1), median("segments", q4, rows),
            most("segments", begin, rows)
        exit (grew || failed || errors || scrub != "sound") ? 1 : 0
    }' "$samples"
