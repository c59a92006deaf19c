# shellcheck shell=bash
# What every client script shares: a scratch directory, files to send, and checks that print one line each.
#
#   ok NAME            the check's function ran to its end
#   not ok NAME        it failed; the last lines it printed follow, indented
#   skip NAME REASON   it called skip
#
# A check is a function. It runs in a subshell under `set -euo pipefail` with every command traced to its log, so its
# first failing command fails it; what one check leaves for the next lies in $scratch or on the server.
#
# From the environment: ENDPOINT (http://127.0.0.1:9000), AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,
# LARGE_MIB (size of the large file, 1024).

set -u
: "${ENDPOINT:?the server to check, such as http://127.0.0.1:9000}"
: "${AWS_ACCESS_KEY_ID:?}" "${AWS_SECRET_ACCESS_KEY:?}"
export AWS_REGION="${AWS_REGION:-us-east-1}"
LARGE_MIB="${LARGE_MIB:-1024}"
# Settings of this machine for the real S3 are not for a server on loopback.
unset AWS_CA_BUNDLE AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3
client="${client:-$(basename "$0" .sh)}"
scratch="$(mktemp -d "${TMPDIR:-/tmp}/objectserver-$client.XXXXXX")"
trap 'rm -rf "$scratch"' EXIT
failed=0

# check NAME FUNCTION: run one check and print its line.
check() {
    local log="$scratch/check.log" status
    : >"$log"
    (
        # The trace has a file descriptor of its own, so that no check takes it for what a client said.
        exec 9>>"$log"
        BASH_XTRACEFD=9
        set -euxo pipefail
        "$2"
    ) >>"$log" 2>&1 </dev/null
    status=$?
    case $status in
        0) echo "ok $client: $1" ;;
        77) echo "skip $client: $1: $(tail -n 1 "$log")" ;;
        *)
            echo "not ok $client: $1"
            tail -n 25 "$log" | cut -c 1-600 | sed 's/^/    /'
            failed=1
            ;;
    esac
}

# skip REASON: end a check that this client cannot do.
skip() {
    { set +x; } 2>/dev/null
    echo "$*"
    exit 77
}

# finish: the script's exit code.
finish() {
    exit "$failed"
}

# make_file PATH BYTES [SEED]: bytes that do not compress; the same seed gives the same bytes.
make_file() {
    mkdir -p "$(dirname "$1")"
    # openssl is ended by the closing pipe when head has what it wants; that is no failure.
    { openssl enc -aes-128-ctr -nosalt -pass "pass:${3:-$1}" -pbkdf2 -iter 1 -in /dev/zero 2>/dev/null || true; } |
        head -c "$2" >"$1"
}

sha256() {
    sha256sum <"$1" | cut -d ' ' -f 1
}

md5() {
    md5sum <"$1" | cut -d ' ' -f 1
}

# same_file A B: both exist and have the same SHA-256.
same_file() {
    local -
    set +x
    equals "$(sha256 "$1")" "$(sha256 "$2")"
}

# same_tree A B: the same file names with the same SHA-256 below both.
same_tree() {
    diff <(cd "$1" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum) \
        <(cd "$2" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum)
}

# equals EXPECTED ACTUAL
equals() {
    local -
    set +x
    if [[ "$1" != "$2" ]]; then
        echo "expected: $1"
        echo "but was:  $2"
        return 1
    fi
}

# fails_with TEXT COMMAND...: the command fails and says TEXT.
fails_with() {
    local expected="$1" output
    shift
    if output="$("$@" 2>&1)"; then
        echo "succeeded, but should have failed with $expected"
        return 1
    fi
    if [[ "$output" != *"$expected"* ]]; then
        echo "failed without $expected: $output"
        return 1
    fi
}

# make_odd_names DIRECTORY: small files whose names have every character that encoders get wrong.
make_odd_names() {
    local - name number=0
    set +x
    for name in 'plain.txt' 'two words.txt' 'two  spaces.txt' 'plus+plus' 'per%cent' 'percent%41' 'percent%2Fslash' \
        'amper&sand=equals' 'semi;colon' 'hash#mark' 'question?mark' "quote'single" 'quote"double' 'star*' 'tilde~' \
        'dollar$' 'at@' 'exclamation!' 'comma,' '(paren)' '[bracket]' '{brace}' 'pipe|' 'caret^' 'back`tick' '<angle>' \
        'colon:' 'dot.dot..dot...' '.hidden' '-dash' 'under_score' 'UPPER' 'upper' 'ümlaut' 'u¨mlaut' 'Ωmega' '日本語' \
        'emoji-😀' 'combining-é' 'deep/er/and/deep er/file' 'empty'; do
        number=$((number + 1))
        make_file "$1/$name" $((number * 37)) "$name"
    done
    : >"$1/empty"
}
