#!/usr/bin/env bash
# Starts the example: this repository's object server, a MariaDB of its own, the Flask backend, and the React build in a
# website bucket. Ctrl-C stops all of it. What it keeps lies in ./state: delete that to begin anew.
#
#   ./run.sh                               object server at port 9000, Flask at port 5000
#   S3_PORT=9100 API_PORT=5100 ./run.sh    other ports
#
# STATE is another directory to keep things in, PYTHON another Python that has flask, boto3, pymysql and yaml (Debian's
# has them from packages), SERVER a built object server instead of building one. On Debian, as root, what is missing is
# installed; else the exit code is 69 and the text says what to install.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
repository="$(cd "$here/../.." && pwd)"
s3_port="${S3_PORT:-9000}"
api_port="${API_PORT:-5000}"
state="$(realpath -m "${STATE:-$here/state}")"
python="${PYTHON:-/usr/bin/python3}"
socket="$state/mariadb.sock"
me="$(id -un)"

export S3_ENDPOINT="http://127.0.0.1:$s3_port" AWS_DEFAULT_REGION=us-east-1
export VITE_API="http://127.0.0.1:$api_port"
export SITE_ORIGIN="http://gallery.s3-website.localhost:$s3_port" PICTURES_BUCKET=gallery-pictures
export MARIADB_SOCKET="$socket" MARIADB_USER="$me" MARIADB_DATABASE=gallery
# What this machine has for the real S3 is not for a server on loopback; keys come from seed.yaml.
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_ENDPOINT_URL AWS_CA_BUNDLE

say() {
    printf '\n== %s\n' "$*"
}

give_up() {
    printf '\nNot started: %s\n' "$*" >&2
    exit 1
}

# What runs, in the order of its start; it stops in the reverse order.
names=()
pids=()

# start NAME COMMAND...: in the background, its output in a log of its own.
start() {
    local name="$1"
    shift
    "$@" >"$state/$name.log" 2>&1 </dev/null &
    names+=("$name")
    pids+=("$!")
}

# wait_for NAME COMMAND...: until the command succeeds, or what was started last has ended, or a minute is over.
wait_for() {
    local name="$1" log="$state/${names[-1]}.log"
    shift
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then
            return
        fi
        kill -0 "${pids[-1]}" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$log" | sed 's/^/   /' >&2
    give_up "$name does not answer; the lines above are the end of $log"
}

stop() {
    local status=$? index
    trap '' INT TERM
    ((${#pids[@]} == 0)) || say "Stopping"
    for ((index = ${#pids[@]} - 1; index >= 0; index--)); do
        kill "${pids[index]}" 2>/dev/null || true
        for _ in $(seq 300); do
            kill -0 "${pids[index]}" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "${pids[index]}" 2>/dev/null || true
        echo "   ${names[index]} has stopped"
    done
    exit "$status"
}
trap stop EXIT
trap 'exit 0' INT TERM

# as_user NAME COMMAND...: with the keys that seed.yaml gives to this user.
as_user() {
    local name="$1" key secret
    shift
    read -r key secret < <("$python" - "$here/seed.yaml" "$name" <<'PYTHON'
import sys, yaml
accounts = yaml.safe_load(open(sys.argv[1]))["accounts"]
users = {user["userName"]: user for account in accounts for user in account["users"]}
key = users[sys.argv[2]]["accessKeys"][0]
print(key["accessKeyId"], key["secretAccessKey"])
PYTHON
    )
    AWS_ACCESS_KEY_ID="$key" AWS_SECRET_ACCESS_KEY="$secret" exec "$@"
}

# The Debian packages of Python's modules that are absent.
missing_modules() {
    if [[ ! -x "$python" ]]; then
        printf '%s\n' python3 python3-flask python3-boto3 python3-pymysql python3-yaml
    else
        "$python" - flask boto3 pymysql yaml <<'PYTHON'
import sys
from importlib.util import find_spec
for module in sys.argv[1:]:
    if find_spec(module) is None:
        print(f"python3-{module}")
PYTHON
    fi
}

is_new_enough() {
    (($(node --print 'process.versions.node.split(".")[0]') >= 18))
}

missing_packages() {
    command -v curl >/dev/null || echo curl
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    missing_modules
    # MariaDB's programs without its system service, which the package mariadb-server would start.
    command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null || echo mariadb-server-core
    command -v mariadb >/dev/null && command -v my_print_defaults >/dev/null || echo mariadb-client-core
}

say "What is needed: the .NET SDK, Node.js, Python with Flask, boto3 and PyMySQL, MariaDB"
PATH="$PATH:/usr/sbin:/sbin"
if [[ -z "${SERVER:-}" ]] && ! command -v dotnet >/dev/null; then
    echo "   missing: the .NET 10 SDK, https://dotnet.microsoft.com/download" >&2
    exit 69
fi
mapfile -t packages < <(missing_packages)
if ((${#packages[@]} > 0)); then
    if ((EUID == 0)) && command -v apt-get >/dev/null; then
        echo "   installing ${packages[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq </dev/null || true
        if ! apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >/dev/null; then
            echo "   could not be installed: ${packages[*]}" >&2
            exit 69
        fi
    else
        echo "   missing: as root, apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 69
    fi
fi
if ! is_new_enough; then
    echo "   missing: Node.js 18 or newer; this one is $(node --version)" >&2
    exit 69
fi
echo "   all of it is here"

for port in "$s3_port" "$api_port"; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        give_up "port $port is taken. Others may be named: S3_PORT=9100 API_PORT=5100 $0"
    fi
done
# A Unix socket's path has to fit in 108 bytes.
((${#socket} < 108)) || give_up "$socket is too long for a socket. Name another directory: STATE=/tmp/gallery $0"
mkdir -p "$state"
chmod 700 "$state"

if [[ -z "${SERVER:-}" ]]; then
    say "Building the object server"
    dotnet build "$repository/src/ObjectServer" -c Release -v quiet --nologo
    SERVER="$repository/src/ObjectServer/bin/Release/net10.0/objectserver"
fi

say "Starting the object server at $S3_ENDPOINT, with the users and buckets of seed.yaml"
start objectserver "$SERVER" serve --data "$state/objects" --listen "$S3_ENDPOINT" --seed "$here/seed.yaml"
wait_for "The object server" curl --silent --fail "$S3_ENDPOINT/-/health/ready"

if [[ ! -d "$state/mariadb/mysql" ]]; then
    say "Making a data directory for MariaDB in $state/mariadb"
    mariadb-install-db --no-defaults --user="$me" --datadir="$state/mariadb" --auth-root-authentication-method=socket \
        --auth-root-socket-user="$me" --skip-test-db --skip-name-resolve >"$state/mariadb.log" 2>&1 ||
        give_up "mariadb-install-db failed, $state/mariadb.log says why"
fi

say "Starting MariaDB at a socket in $state, and at no port"
database() { mariadb --no-defaults --socket="$socket" --user="$me" "$@"; }
start mariadb mariadbd --no-defaults --user="$me" --datadir="$state/mariadb" --socket="$socket" \
    --pid-file="$state/mariadb.pid" --skip-networking --innodb-buffer-pool-size=32M
wait_for MariaDB database --execute="SELECT 1"
database --execute="CREATE DATABASE IF NOT EXISTS $MARIADB_DATABASE"
database "$MARIADB_DATABASE" <"$here/backend/schema.sql"

say "Starting the Flask backend at $VITE_API"
start flask as_user gallery-backend "$python" -m flask --app "$here/backend/app.py" run --port "$api_port"
wait_for "The backend" curl --silent --fail "$VITE_API/health"

say "Building the React frontend"
cd "$here/frontend"
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
    npm ci --no-audit --no-fund --loglevel=error
fi
npm run --silent build -- --outDir "$state/site" --emptyOutDir --logLevel warn
cd "$here"

say "Publishing it in the bucket gallery"
(as_user gallery-publisher "$python" publish.py "$state/site" gallery)

cat <<EOF

The gallery is at      $SITE_ORIGIN/
The plain page is at   $VITE_API/
Logs and data are in   $state

Ctrl-C stops everything.
EOF

# Whatever ends by itself ends the example.
wait -n "${pids[@]}" || true
for index in "${!pids[@]}"; do
    if ! kill -0 "${pids[index]}" 2>/dev/null; then
        tail -n 20 "$state/${names[index]}.log" | sed 's/^/   /' >&2
        echo "${names[index]} has ended by itself; the lines above are the end of its log" >&2
    fi
done
exit 1
