#!/usr/bin/env bash
# s3cmd against a started server, path style.
if ! command -v s3cmd >/dev/null; then
    echo "skip s3cmd: no s3cmd on this machine"
    exit 0
fi
# shellcheck source=tests/clients/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

bucket="s3cmd-$RANDOM-$$"
cat >"$scratch/s3cfg" <<CONFIG
[default]
access_key = $AWS_ACCESS_KEY_ID
secret_key = $AWS_SECRET_ACCESS_KEY
bucket_location = $AWS_REGION
host_base = ${ENDPOINT#*://}
host_bucket = ${ENDPOINT#*://}
use_https = False
signature_v2 = False
progress_meter = False
max_retries = 1
CONFIG
s3() { s3cmd --config="$scratch/s3cfg" --no-progress "$@"; }

makes_a_bucket() {
    s3 mb "s3://$bucket"
    s3 ls | grep -c " s3://$bucket\$"
    s3 info "s3://$bucket" | grep -c Location
}

puts_and_gets() {
    make_file "$scratch/small" 12345
    s3 put "$scratch/small" "s3://$bucket/small" --mime-type text/x-odd --add-header x-amz-meta-color:blue
    s3 get "s3://$bucket/small" "$scratch/small.back"
    same_file "$scratch/small" "$scratch/small.back"
}

shows_what_it_knows() {
    s3 info "s3://$bucket/small" >"$scratch/info"
    grep -qE 'File size: +12345$' "$scratch/info"
    grep -qE 'MIME type: +text/x-odd$' "$scratch/info"
    grep -qE "MD5 sum: +$(md5 "$scratch/small")\$" "$scratch/info"
    grep -qE 'x-amz-meta-color: +blue$' "$scratch/info"
}

puts_in_parts() {
    make_file "$scratch/big" $(((16 << 20) + 5))
    s3 put --multipart-chunk-size-mb=5 "$scratch/big" "s3://$bucket/big"
    s3 info "s3://$bucket/big" | grep -cE "File size: +$(((16 << 20) + 5))\$"
    s3 get "s3://$bucket/big" "$scratch/big.back"
    same_file "$scratch/big" "$scratch/big.back"
    equals "" "$(s3 multipart "s3://$bucket" | grep big || true)"
}

continues_a_download() {
    head -c 7000000 "$scratch/big" >"$scratch/continued"
    s3 get --continue "s3://$bucket/big" "$scratch/continued"
    same_file "$scratch/big" "$scratch/continued"
}

keeps_odd_names() {
    make_odd_names "$scratch/odd"
    s3 sync "$scratch/odd/" "s3://$bucket/odd/"
    equals "$(find "$scratch/odd" -type f | wc -l)" "$(s3 ls --recursive "s3://$bucket/odd/" | wc -l)"
    mkdir "$scratch/odd.back"
    s3 sync "s3://$bucket/odd/" "$scratch/odd.back/"
    same_tree "$scratch/odd" "$scratch/odd.back"
}

syncs_only_what_changed() {
    equals 0 "$(s3 sync "$scratch/odd/" "s3://$bucket/odd/" | grep -cE '^(upload|delete|remote copy):' || true)"
    make_file "$scratch/odd/plain.txt" 4000 changed
    rm "$scratch/odd/at@"
    equals 2 "$(s3 sync --delete-removed "$scratch/odd/" "s3://$bucket/odd/" |
        grep -cE '^(upload|delete|remote copy):' || true)"
    s3 sync --delete-removed "s3://$bucket/odd/" "$scratch/odd.back/"
    same_tree "$scratch/odd" "$scratch/odd.back"
}

lists_sizes_and_directories() {
    s3 ls "s3://$bucket/" >"$scratch/list"
    grep -qE " 12345 +s3://$bucket/small\$" "$scratch/list"
    grep -qE " DIR +s3://$bucket/odd/\$" "$scratch/list"
    equals "$(((16 << 20) + 5 + 12345))" "$(($(s3 du "s3://$bucket/small" | awk '{print $1}') + $(
        s3 du "s3://$bucket/big" | awk '{print $1}')))"
}

copies_moves_and_modifies() {
    s3 cp "s3://$bucket/small" "s3://$bucket/copy of small"
    s3 mv "s3://$bucket/copy of small" "s3://$bucket/moved small"
    fails_with 404 s3 info "s3://$bucket/copy of small"
    s3 get "s3://$bucket/moved small" "$scratch/moved.back"
    same_file "$scratch/small" "$scratch/moved.back"
    s3 modify --add-header cache-control:max-age=9 "s3://$bucket/moved small"
    s3 get --force "s3://$bucket/moved small" "$scratch/moved.back"
    same_file "$scratch/small" "$scratch/moved.back"
}

signs_as_before_2014() {
    s3 --signature-v2 put "$scratch/small" "s3://$bucket/version 2+"
    s3 --signature-v2 get "s3://$bucket/version 2+" "$scratch/v2.back"
    same_file "$scratch/small" "$scratch/v2.back"
    s3 --signature-v2 ls "s3://$bucket/version" | grep -c "version 2+\$"
    curl --silent --show-error --fail --output "$scratch/url.back" "$(s3 --signature-v2 signurl "s3://$bucket/version 2+" +60)"
    same_file "$scratch/small" "$scratch/url.back"
    s3 --signature-v2 del "s3://$bucket/version 2+"
}

deletes() {
    s3 del "s3://$bucket/moved small"
    fails_with 404 s3 info "s3://$bucket/moved small"
    s3 del --recursive --force "s3://$bucket"
    equals "" "$(s3 ls --recursive "s3://$bucket")"
    s3 rb "s3://$bucket"
    fails_with NoSuchBucket s3 ls "s3://$bucket"
}

check "makes a bucket" makes_a_bucket
check "puts and gets" puts_and_gets
check "shows what it knows" shows_what_it_knows
check "puts in parts" puts_in_parts
check "continues a download" continues_a_download
check "keeps odd names" keeps_odd_names
check "syncs only what changed" syncs_only_what_changed
check "lists sizes and directories" lists_sizes_and_directories
check "copies, moves and modifies" copies_moves_and_modifies
check "signs as before 2014" signs_as_before_2014
check "deletes" deletes
finish
