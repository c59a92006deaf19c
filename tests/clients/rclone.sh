#!/usr/bin/env bash
# rclone against a started server, configured by the environment alone.
if ! command -v rclone >/dev/null; then
    echo "skip rclone: no rclone on this machine"
    exit 0
fi
# shellcheck source=tests/clients/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

: >"$scratch/rclone.conf"
export RCLONE_CONFIG="$scratch/rclone.conf" RCLONE_RETRIES=1 RCLONE_LOW_LEVEL_RETRIES=1
export RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=Other RCLONE_CONFIG_S3_ENDPOINT="$ENDPOINT"
export RCLONE_CONFIG_S3_REGION="$AWS_REGION" RCLONE_CONFIG_S3_ENV_AUTH=false
export RCLONE_CONFIG_S3_ACCESS_KEY_ID="$AWS_ACCESS_KEY_ID" RCLONE_CONFIG_S3_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY"
bucket="rclone-$RANDOM-$$"

# changes COMMAND...: how many objects or files rclone said it copied, updated or deleted.
changes() {
    rclone -v "$@" 2>&1 | grep -cE ': (Copied|Updated|Deleted|Moved)' || true
}

makes_a_bucket() {
    rclone mkdir "s3:$bucket"
    rclone lsd s3: | grep -c " $bucket\$"
}

copies_odd_names() {
    make_odd_names "$scratch/odd"
    rclone copy "$scratch/odd" "s3:$bucket/odd"
    rclone check --download "$scratch/odd" "s3:$bucket/odd"
    rclone copy "s3:$bucket/odd" "$scratch/odd.back"
    same_tree "$scratch/odd" "$scratch/odd.back"
}

lists_what_is_there() {
    diff <(cd "$scratch/odd" && find . -type f -printf '%P\n' | LC_ALL=C sort) \
        <(rclone lsf -R --files-only "s3:$bucket/odd" | LC_ALL=C sort)
    equals "deep/" "$(rclone lsf --dirs-only "s3:$bucket/odd")"
    equals "$(md5 "$scratch/odd/two words.txt")  two words.txt" "$(rclone md5sum "s3:$bucket/odd/two words.txt")"
}

lists_in_pages() {
    equals "$(find "$scratch/odd" -type f | wc -l)" \
        "$(rclone lsf -R --files-only --s3-list-chunk 7 "s3:$bucket/odd" | wc -l)"
    equals "$(find "$scratch/odd" -type f | wc -l)" \
        "$(rclone lsf -R --files-only --s3-list-version 1 --s3-list-chunk 7 "s3:$bucket/odd" | wc -l)"
}

syncs_only_what_changed() {
    equals 0 "$(changes sync "$scratch/odd" "s3:$bucket/odd")"
    make_file "$scratch/odd/plain.txt" 4000 changed
    rm "$scratch/odd/at@"
    equals 2 "$(changes sync "$scratch/odd" "s3:$bucket/odd")"
    rclone check --download "$scratch/odd" "s3:$bucket/odd"
    equals 2 "$(changes sync "s3:$bucket/odd" "$scratch/odd.back")"
    same_tree "$scratch/odd" "$scratch/odd.back"
}

keeps_modification_times() {
    touch -d '2001-02-03 04:05:06.789 UTC' "$scratch/odd/plain.txt"
    rclone sync "$scratch/odd" "s3:$bucket/odd"
    equals "2001-02-03T04:05:06.789" "$(
        TZ=UTC rclone lsjson "s3:$bucket/odd/plain.txt" | jq -r '.[0].ModTime' | cut -c 1-23)"
}

uploads_in_parts() {
    make_file "$scratch/parts/big" $(((37 << 20) + 11))
    rclone copy --s3-upload-cutoff 5Mi --s3-chunk-size 5Mi --s3-upload-concurrency 4 "$scratch/parts" "s3:$bucket/parts"
    rclone check --download "$scratch/parts" "s3:$bucket/parts"
    rclone copyto "s3:$bucket/parts/big" "$scratch/big.back"
    same_file "$scratch/parts/big" "$scratch/big.back"
}

reads_ranges() {
    rclone cat --offset 6000000 --count 123456 "s3:$bucket/parts/big" >"$scratch/range"
    head -c 6123456 "$scratch/parts/big" | tail -c 123456 >"$scratch/range.expected"
    same_file "$scratch/range.expected" "$scratch/range"
}

streams_of_unknown_length() {
    rclone rcat --s3-chunk-size 5Mi "s3:$bucket/streamed" <"$scratch/parts/big"
    rclone cat "s3:$bucket/streamed" >"$scratch/streamed.back"
    same_file "$scratch/parts/big" "$scratch/streamed.back"
}

copies_and_moves_on_the_server() {
    rclone copyto "s3:$bucket/parts/big" "s3:$bucket/copied/big +1"
    rclone moveto "s3:$bucket/copied/big +1" "s3:$bucket/moved/big ünd größer"
    equals "" "$(rclone lsf "s3:$bucket/copied" || true)"
    rclone cat "s3:$bucket/moved/big ünd größer" >"$scratch/moved.back"
    same_file "$scratch/parts/big" "$scratch/moved.back"
    # Parts of a copy are copied on the server too.
    rclone copyto --s3-copy-cutoff 8Mi --s3-chunk-size 5Mi "s3:$bucket/parts/big" "s3:$bucket/copied/in-parts"
    rclone cat "s3:$bucket/copied/in-parts" >"$scratch/moved.back"
    same_file "$scratch/parts/big" "$scratch/moved.back"
}

deletes_a_file() {
    rclone deletefile "s3:$bucket/streamed"
    equals "" "$(rclone lsf "s3:$bucket/streamed" || true)"
}

purges_everything() {
    rclone purge "s3:$bucket"
    if rclone lsd s3: | grep -c " $bucket\$"; then
        return 1
    fi
}

check "makes a bucket" makes_a_bucket
check "copies odd names up and down" copies_odd_names
check "lists what is there" lists_what_is_there
check "lists in pages" lists_in_pages
check "syncs only what changed" syncs_only_what_changed
check "keeps modification times" keeps_modification_times
check "uploads in parts" uploads_in_parts
check "reads ranges" reads_ranges
check "streams of unknown length" streams_of_unknown_length
check "copies and moves on the server" copies_and_moves_on_the_server
check "deletes a file" deletes_a_file
check "purges everything" purges_everything
finish
