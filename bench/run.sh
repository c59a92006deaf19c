#!/usr/bin/env bash
# Measures this server against nginx and Kestrel alone in one run and writes the figures into docs/performance.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=bench/common.sh
source bench/common.sh

usage() {
    cat <<'TEXT'
bench/run.sh [--no-write]

Measures this server against nginx and Kestrel alone on loopback, and its latencies from 1 to 2,000 connections, prints
two tables and writes them between the markers of docs/performance.md (not with --no-write). Takes about ROUNDS times
two minutes.

From the environment:
  ROUNDS=3        rounds; the table shows medians
  SECONDS_EACH=4  how long each measurement lasts
  BENCH_DIR       where the data lies while measuring, on the disk to be measured (a new directory in TMPDIR)
  LARGE=1GiB      the large file
  LISTED=20000    objects in the bucket that is listed
  SERVER          a built server, instead of building src/ObjectServer

The pieces by themselves (signatures, chunks, hashes, journal, index, listing, store, whole requests):
  dotnet run -c Release --project bench/Micro -- --list flat
  dotnet run -c Release --project bench/Micro -- --filter '*Journals*'
TEXT
}

writes=true
case "${1:-}" in
    "") ;;
    --no-write) writes=false ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

rounds="${ROUNDS:-3}"
seconds="${SECONDS_EACH:-4}"
large="${LARGE:-1GiB}"
listed="${LISTED:-20000}"
page=docs/performance.md
work="$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/objectserver-bench.XXXXXX")"
pids=()

stop() {
    local pid
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

for tool in dotnet jq curl awk; do
    command -v "$tool" >/dev/null || { echo "bench/run.sh needs $tool, which is not on this machine." >&2; exit 2; }
done
nginx="$(command -v nginx || command -v /usr/sbin/nginx || true)"
if [[ -z "$nginx" ]]; then
    echo "No nginx on this machine (package nginx): its columns stay empty." >&2
elif ! "$nginx" -V 2>&1 | grep -c http_dav_module >/dev/null; then
    echo "This nginx has no http_dav_module (package nginx-full): its PUT columns stay empty." >&2
    nginx_puts=false
fi
nginx_puts="${nginx_puts:-true}"

echo "Building..." >&2
dotnet build bench/Load -c Release -v quiet --nologo >&2
dotnet build bench/Baseline -c Release -v quiet --nologo >&2
load=bench/Load/bin/Release/net10.0/load
baseline=bench/Baseline/bin/Release/net10.0/baseline
if [[ -z "${SERVER:-}" ]]; then
    dotnet build src/ObjectServer -c Release -v quiet --nologo >&2
    SERVER=src/ObjectServer/bin/Release/net10.0/objectserver
fi

# wait_for PID URL NAME: until it answers with a success.
wait_for() {
    local _
    for _ in $(seq 100); do
        if curl --silent --fail --output /dev/null "$2"; then
            return
        fi
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    echo "$3 did not start:" >&2
    tail -n 20 "$work/$3.log" >&2
    exit 1
}

# -- The three servers

ours="http://127.0.0.1:$(free_port)"
"$SERVER" serve --data "$work/data" --listen "$ours" >"$work/objectserver.log" 2>&1 </dev/null &
ours_pid=$!
pids+=("$ours_pid")
wait_for "$ours_pid" "$ours/-/health/ready" objectserver

kestrel="http://127.0.0.1:$(free_port)"
"$baseline" "$kestrel" 4096 >"$work/kestrel.log" 2>&1 </dev/null &
kestrel_pid=$!
pids+=("$kestrel_pid")
wait_for "$kestrel_pid" "$kestrel/" kestrel

nginx_pid=""
if [[ -n "$nginx" ]]; then
    nginx_port="$(free_port)"
    nginx_url="http://127.0.0.1:$nginx_port"
    mkdir -p "$work/nginx/files/put/wide" "$work/nginx/temp"
    head -c 4096 /dev/urandom >"$work/nginx/files/small"
    # The large file is written block by block, as an upload would.
    dd if=/dev/urandom of="$work/block" bs=1M count=1 status=none
    large_bytes="$(numfmt --from=auto "${large%B}")"
    while (($(stat -c %s "$work/nginx/files/large" 2>/dev/null || echo 0) < large_bytes)); do
        cat "$work/block" >>"$work/nginx/files/large"
    done
    cat >"$work/nginx/nginx.conf" <<CONFIG
$( ((EUID == 0)) && echo "user root;")
daemon off;
worker_processes auto;
pid $work/nginx/nginx.pid;
error_log $work/nginx/error.log warn;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    client_body_buffer_size 128k;
    client_body_temp_path $work/nginx/temp;
    proxy_temp_path $work/nginx/temp;
    fastcgi_temp_path $work/nginx/temp;
    uwsgi_temp_path $work/nginx/temp;
    scgi_temp_path $work/nginx/temp;
    server {
        listen 127.0.0.1:$nginx_port;
        root $work/nginx/files;
        location / { }
        location /put/ {
$($nginx_puts && echo "            dav_methods PUT;")
        }
    }
}
CONFIG
    # What is compiled in as the first error log may not be ours to write.
    "$nginx" -e "$work/nginx.log" -c "$work/nginx/nginx.conf" >"$work/nginx.log" 2>&1 </dev/null &
    nginx_pid=$!
    pids+=("$nginx_pid")
    wait_for "$nginx_pid" "$nginx_url/small" nginx
fi

# -- Measuring

# cpu_ticks PID: user and system time of a process and its children so far, in clock ticks.
cpu_ticks() {
    local pid total=0 ticks
    for pid in "$1" $(cat "/proc/$1/task/"*/children 2>/dev/null || true); do
        ticks="$(sed -E 's/^.*\) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }')"
        total=$((total + ticks))
    done
    echo "$total"
}
ticks_per_second="$(getconf CLK_TCK)"

# measure ROW SERVER PID LOAD-ARGUMENTS...: one run of the driver, appended to the samples as
# {row, server, rate, mib, keys, p50, p90, p99, p999, cpu}; cpu in seconds. The warm-up's share is taken off by counting ticks for
# the whole run and dividing by all its requests, which is why runs have --warmup 0 after a run of their own.
measure() {
    local row="$1" server="$2" pid="$3" before after result
    shift 3
    before="$(cpu_ticks "$pid")"
    if ! result="$("$load" "$@" --warmup 0 --json)"; then
        echo "$row on $server: the driver met errors:" >&2
        jq -r '.firstErrors[]' <<<"$result" >&2 || echo "$result" >&2
        exit 1
    fi
    after="$(cpu_ticks "$pid")"
    jq -c --arg row "$row" --arg server "$server" --argjson ticks $((after - before)) --argjson hz "$ticks_per_second" '
        (.latencyMicroseconds | to_entries[0].value) as $latency |
        { row: $row, server: $server, rate: .requestsPerSecond, requests,
          mib: (.sentMiBPerSecond + .receivedMiBPerSecond), keys: .listedKeysPerSecond,
          p50: $latency.p50, p90: $latency.p90, p99: $latency.p99, p999: $latency["p99.9"], cpu: ($ticks / $hz),
          moved: ((.sentMiBPerSecond + .receivedMiBPerSecond) * .seconds) }' <<<"$result" >>"$work/samples.json"
}

s3() { echo --endpoint "$ours" --bucket bench; }

small_run=(--size 4KiB --connections 32 --objects 2000 --seconds "$seconds")
large_run=(--size "$large" --connections 1 --objects 1 --seconds "$seconds")
crowds=(1 32 256 2000)
wide_run=(--size 64MiB --connections 16 --objects 16 --seconds "$seconds")

: >"$work/samples.json"
echo "Preparing..." >&2
# shellcheck disable=SC2046
{
    "$load" fill $(s3) --size 4KiB --objects 2000 --prefix small/ >/dev/null
    "$load" fill $(s3) --size "$large" --objects 1 --connections 1 --prefix large/ --seconds 120 >/dev/null
    "$load" fill $(s3) --size 0 --objects "$listed" --prefix list/ --seconds 300 >/dev/null
    # Tiered compilation is behind all of them before the first figure is taken.
    "$load" put $(s3) --prefix small/ --seconds 6 >/dev/null
    "$load" get $(s3) --prefix small/ --filled --objects 1000 --seconds 6 >/dev/null
    "$load" raw-get --endpoint "$kestrel/" --seconds 3 >/dev/null
    "$load" raw-put --endpoint "$kestrel/" --seconds 3 >/dev/null
}

for round in $(seq "$rounds"); do
    echo "Round $round of $rounds..." >&2
    # shellcheck disable=SC2046
    {
        measure small-put kestrel "$kestrel_pid" raw-put --endpoint "$kestrel/" "${small_run[@]}"
        measure small-put ours "$ours_pid" put $(s3) --prefix small/ "${small_run[@]}"
        measure small-get kestrel "$kestrel_pid" raw-get --endpoint "$kestrel/" "${small_run[@]}"
        measure small-get ours "$ours_pid" get $(s3) --prefix small/ --filled "${small_run[@]}"
        for crowd in "${crowds[@]}"; do
            crowd_run=(--size 4KiB --connections "$crowd" --objects 2000 --seconds "$seconds")
            measure "put-$crowd" ours "$ours_pid" put $(s3) --prefix small/ "${crowd_run[@]}"
            measure "get-$crowd" ours "$ours_pid" get $(s3) --prefix small/ --filled "${crowd_run[@]}"
        done
        measure large-put ours "$ours_pid" put $(s3) --prefix large/ "${large_run[@]}"
        # Large uploads go past the page cache; what nginx serves has always been in it.
        "$load" get $(s3) --prefix large/ --filled --size "$large" --objects 1 --connections 1 --requests 1 \
            --warmup 0 >/dev/null
        measure large-get ours "$ours_pid" get $(s3) --prefix large/ --filled "${large_run[@]}"
        measure copy ours "$ours_pid" copy $(s3) --prefix large/ --filled --objects 1 --connections 1 --seconds 1
        measure wide-put ours "$ours_pid" put $(s3) --prefix wide/ "${wide_run[@]}"
        measure list-page ours "$ours_pid" list $(s3) --prefix list/ --filled --connections 1 --seconds "$seconds"
        if [[ -n "$nginx_pid" ]]; then
            measure small-get nginx "$nginx_pid" raw-get --endpoint "$nginx_url/small" "${small_run[@]}"
            measure large-get nginx "$nginx_pid" raw-get --endpoint "$nginx_url/large" "${large_run[@]}"
            if $nginx_puts; then
                measure small-put nginx "$nginx_pid" raw-put --endpoint "$nginx_url/put/" "${small_run[@]}"
                measure large-put nginx "$nginx_pid" raw-put --endpoint "$nginx_url/put/large" "${large_run[@]}"
                measure wide-put nginx "$nginx_pid" raw-put --endpoint "$nginx_url/put/wide/" "${wide_run[@]}"
            fi
        fi
    }
done

# One stream of MD5 on one core: the limit of an S3 PUT that must answer with an ETag.
md5_mib="$(dd if=/dev/zero bs=1M count=1024 status=none | { start="$(date +%s%N)"; md5sum >/dev/null; end="$(date +%s%N)"; awk -v ns=$((end - start)) 'BEGIN { printf "%.0f", 1024e9 / ns }'; })"

# -- The table

# shellcheck disable=SC2016
report='
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
    else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def of($row; $server; field): [$samples[] | select(.row == $row and .server == $server) | field] | median;
def figure: if . == null then "" elif . >= 100 then (round | tostring) elif . >= 10 then (. * 10 | round / 10 | tostring)
    else (. * 100 | round / 100 | tostring) end;
def ratio($mine; $other): if $other == null or $other == 0 then "" else ($mine / $other | figure) end;
def line($name; $row; $unit; field; $cpuUnit; cpu):
    of($row; "ours"; field) as $mine | of($row; "nginx"; field) as $nginx | of($row; "kestrel"; field) as $kestrel |
    "| \($name) | \($mine | figure) \($unit) | \(of($row; "ours"; .p50) / 1000 | figure) / \(of($row; "ours"; .p99) / 1000 | figure) ms | \($nginx | figure) | \(ratio($mine; $nginx)) | \($kestrel | figure) | \(ratio($mine; $kestrel)) | \(of($row; "ours"; cpu) | figure) \($cpuUnit) | \(of($row; "nginx"; cpu) | figure) | \(of($row; "kestrel"; cpu) | figure) |";
def milliseconds($row; field): "\(of($row; "ours"; field) / 1000 | figure) ms";
def crowd($verb; $connections):
    "\($verb | ascii_downcase)-\($connections)" as $row |
    "| \($verb) | \($connections) | \(of($row; "ours"; .rate) | figure) /s | \(milliseconds($row; .p50)) | \(milliseconds($row; .p90)) | \(milliseconds($row; .p99)) | \(milliseconds($row; .p999)) |";
def perRequest: .cpu * 1e6 / .requests;
def perGiB: .cpu / (.moved / 1024);
"| | this server | p50 / p99 | nginx | ratio | Kestrel alone | ratio | CPU, this server | CPU, nginx | CPU, Kestrel |",
"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
line("4 KiB PUT, 32 connections"; "small-put"; "/s"; .rate; "µs each"; perRequest),
line("4 KiB GET, 32 connections"; "small-get"; "/s"; .rate; "µs each"; perRequest),
line("\($large) PUT, one stream"; "large-put"; "MiB/s"; .mib; "s per GiB"; perGiB),
line("\($large) GET, one stream"; "large-get"; "MiB/s"; .mib; "s per GiB"; perGiB),
line("64 MiB PUT, 16 at once"; "wide-put"; "MiB/s"; .mib; "s per GiB"; perGiB),
line("copy of \($large)"; "copy"; "/s"; .rate; "µs each"; perRequest),
line("list page of 1,000 of \($listed)"; "list-page"; "/s"; .rate; "µs each"; perRequest),
"",
"The whole listing: \(of("list-page"; "ours"; .keys) | figure) keys/s. MD5 of one stream on one core here (`md5sum`): \($md5) MiB/s.",
"\($large) PUT over that limit: \(ratio(of("large-put"; "ours"; .mib); $md5)); 16 at once over it times \($cores) cores: \(ratio(of("wide-put"; "ours"; .mib); $md5 * $cores)).",
"",
"Latencies of this server in a closed loop. No request failed, or the run would have ended without figures.",
"",
"| 4 KiB | connections | rate | p50 | p90 | p99 | p99.9 |",
"| --- | --- | --- | --- | --- | --- | --- |",
(("PUT", "GET") as $verb | $crowds[] | crowd($verb; .))
'
cpu_model="$(sed -nE 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1 || true)"
{
    echo
    echo "$(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown): $(nproc) cores of" \
        "${cpu_model:-an unnamed processor}, $(uname -s) $(uname -m)," \
        ".NET $(dotnet --version)$([[ -n "$nginx" ]] && "$nginx" -v 2>&1 | sed 's|.*nginx/|, nginx |')." \
        "Medians of $rounds rounds of $seconds s."
    echo
    jq -rn --slurpfile samples "$work/samples.json" --arg large "$large" --arg listed "$listed" --argjson md5 "$md5_mib" \
        --argjson cores "$(nproc)" --argjson crowds "$(jq -cn '$ARGS.positional | map(tonumber)' --args "${crowds[@]}")" \
        "$report"
    echo
} >"$work/figures.md"
cat "$work/figures.md"

if $writes; then
    awk -v figures="$work/figures.md" '
        /<!-- figures: end -->/ { inside = 0 }
        !inside { print }
        /<!-- figures: begin -->/ { inside = 1; while ((getline line < figures) > 0) { print line } }
    ' "$page" >"$work/page.md"
    cp "$work/page.md" "$page"
    echo "Written to $page." >&2
fi
