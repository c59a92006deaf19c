#!/usr/bin/env bash
# The AWS CLI against a started server. AWS_CLI names the program where it is not `aws`.
aws_cli="${AWS_CLI:-aws}"
if ! command -v "$aws_cli" >/dev/null; then
    echo "skip awscli: no $aws_cli on this machine"
    exit 0
fi
version="$("$aws_cli" --version 2>&1 | sed -E 's|^aws-cli/([0-9.]+).*|\1|')"
client="awscli-$version"
# shellcheck source=tests/clients/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

# Nothing of the user's own settings; no retries, so that one wrong answer is seen.
export AWS_CONFIG_FILE="$scratch/config" AWS_SHARED_CREDENTIALS_FILE="$scratch/credentials"
export AWS_DEFAULT_REGION="$AWS_REGION" AWS_PAGER="" AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true
: >"$AWS_SHARED_CREDENTIALS_FILE"
# Version 1 would sign URLs by Signature Version 2, which S3 itself no longer takes in new regions.
printf '[default]\ns3 =\n  signature_version = s3v4\n' >"$AWS_CONFIG_FILE"

bucket="awscli-$RANDOM-$$"
s3() { "$aws_cli" --endpoint-url "$ENDPOINT" s3 "$@"; }
s3api() { "$aws_cli" --endpoint-url "$ENDPOINT" s3api "$@"; }

makes_a_bucket() {
    s3 mb "s3://$bucket"
    s3 ls | grep -c " $bucket\$"
    s3api head-bucket --bucket "$bucket"
    s3api get-bucket-location --bucket "$bucket"
}

copies_a_large_file_up_and_down() {
    make_file "$scratch/large" $((LARGE_MIB << 20))
    s3 cp --no-progress "$scratch/large" "s3://$bucket/large/file"
    equals $((LARGE_MIB << 20)) "$(s3api head-object --bucket "$bucket" --key large/file --query ContentLength)"
    s3 cp --no-progress "s3://$bucket/large/file" "$scratch/large.back"
    same_file "$scratch/large" "$scratch/large.back"
    s3 rm "s3://$bucket/large/file"
    rm "$scratch/large" "$scratch/large.back"
}

copies_odd_names_up_and_down() {
    make_odd_names "$scratch/odd"
    s3 cp --only-show-errors --recursive "$scratch/odd" "s3://$bucket/odd"
    equals "$(find "$scratch/odd" -type f | wc -l)" "$(s3 ls --recursive "s3://$bucket/odd/" | wc -l)"
    s3 cp --only-show-errors --recursive "s3://$bucket/odd" "$scratch/odd.back"
    same_tree "$scratch/odd" "$scratch/odd.back"
}

syncs_only_what_changed() {
    mkdir -p "$scratch/tree"
    local number
    for number in 1 2 3 4 5; do
        make_file "$scratch/tree/d$number/file $number" $((number * 1000)) "tree$number"
    done
    # Listings show whole seconds: a file of this very second would look newer than its own upload.
    find "$scratch/tree" -type f -exec touch -d '1 minute ago' {} +
    equals 5 "$(s3 sync --no-progress "$scratch/tree" "s3://$bucket/tree" | grep -c '^upload:')"
    equals "" "$(s3 sync --no-progress "$scratch/tree" "s3://$bucket/tree")"
    make_file "$scratch/tree/d3/file 3" 3001 changed
    equals 1 "$(s3 sync --no-progress "$scratch/tree" "s3://$bucket/tree" | grep -c '^upload:')"
    s3 sync --only-show-errors "s3://$bucket/tree" "$scratch/tree.back"
    same_tree "$scratch/tree" "$scratch/tree.back"
    equals "" "$(s3 sync --no-progress "s3://$bucket/tree" "$scratch/tree.back")"
}

syncs_deletions() {
    rm "$scratch/tree/d1/file 1"
    equals "" "$(s3 sync --no-progress "$scratch/tree" "s3://$bucket/tree")"
    equals 1 "$(s3 sync --no-progress --delete "$scratch/tree" "s3://$bucket/tree" | grep -c '^delete:')"
    equals 4 "$(s3 ls --recursive "s3://$bucket/tree/" | wc -l)"
    s3 sync --only-show-errors --delete "s3://$bucket/tree" "$scratch/tree.back"
    same_tree "$scratch/tree" "$scratch/tree.back"
}

streams_from_and_to_a_pipe() {
    make_file "$scratch/piped" 20000001
    s3 cp - "s3://$bucket/piped" <"$scratch/piped"
    s3 cp "s3://$bucket/piped" - >"$scratch/piped.back"
    same_file "$scratch/piped" "$scratch/piped.back"
}

moves_an_object() {
    make_file "$scratch/moved" 12345
    s3 cp --only-show-errors "$scratch/moved" "s3://$bucket/move/from"
    s3 mv "s3://$bucket/move/from" "s3://$bucket/move/to"
    fails_with 404 s3api head-object --bucket "$bucket" --key move/from
    s3 mv --only-show-errors "s3://$bucket/move/to" "$scratch/moved.back"
    same_file "$scratch/moved" "$scratch/moved.back"
    equals "" "$(s3 ls "s3://$bucket/move/" || true)"
}

puts_gets_and_heads() {
    make_file "$scratch/object" 54321
    equals "\"$(md5 "$scratch/object")\"" "$(
        s3api put-object --bucket "$bucket" --key put --body "$scratch/object" --content-type text/x-odd \
            --cache-control max-age=7 --metadata color=blue,Shape=round --query ETag --output text)"
    equals "54321	text/x-odd	max-age=7	blue	round" "$(
        s3api head-object --bucket "$bucket" --key put --output text \
            --query '[ContentLength, ContentType, CacheControl, Metadata.color, Metadata.shape]')"
    s3api get-object --bucket "$bucket" --key put "$scratch/object.back"
    same_file "$scratch/object" "$scratch/object.back"
    equals "bytes 1000-1999/54321" "$(
        s3api get-object --bucket "$bucket" --key put --range bytes=1000-1999 --query ContentRange --output text \
            "$scratch/range")"
    head -c 2000 "$scratch/object" | tail -c 1000 >"$scratch/range.expected"
    same_file "$scratch/range.expected" "$scratch/range"
    fails_with NoSuchKey s3api get-object --bucket "$bucket" --key absent "$scratch/none"
    fails_with NoSuchBucket s3api get-object --bucket "$bucket-absent" --key absent "$scratch/none"
    fails_with InvalidRange s3api get-object --bucket "$bucket" --key put --range bytes=54321- "$scratch/none"
}

checks_content_md5() {
    local right wrong
    right="$(openssl dgst -md5 -binary "$scratch/object" | base64)"
    wrong="$(printf other | openssl dgst -md5 -binary | base64)"
    s3api put-object --bucket "$bucket" --key md5 --body "$scratch/object" --content-md5 "$right"
    fails_with BadDigest s3api put-object --bucket "$bucket" --key md5-wrong --body "$scratch/object" \
        --content-md5 "$wrong"
    fails_with 404 s3api head-object --bucket "$bucket" --key md5-wrong
}

keeps_checksums() {
    local expected
    expected="$(openssl dgst -sha256 -binary "$scratch/object" | base64)"
    equals "$expected" "$(s3api put-object --bucket "$bucket" --key checksum --body "$scratch/object" \
        --checksum-algorithm SHA256 --query ChecksumSHA256 --output text)"
    equals "$expected" "$(s3api head-object --bucket "$bucket" --key checksum --checksum-mode ENABLED \
        --query ChecksumSHA256 --output text)"
    local algorithm algorithms=(CRC32 SHA1)
    # Version 1 computes CRC32C only with a package that Debian does not bring.
    if [[ "$version" != 1.* ]]; then
        algorithms+=(CRC32C)
    fi
    for algorithm in "${algorithms[@]}"; do
        s3api put-object --bucket "$bucket" --key "checksum-$algorithm" --body "$scratch/object" \
            --checksum-algorithm "$algorithm" >/dev/null
        s3api get-object --bucket "$bucket" --key "checksum-$algorithm" --checksum-mode ENABLED "$scratch/object.back" |
            jq -e "has(\"Checksum$algorithm\")"
        same_file "$scratch/object" "$scratch/object.back"
    done
}

gets_object_attributes() {
    s3api get-object-attributes --bucket "$bucket" --key checksum \
        --object-attributes ETag Checksum ObjectSize StorageClass >"$scratch/attributes.json"
    jq -e --arg etag "$(md5 "$scratch/object")" \
        --arg sha256 "$(openssl dgst -sha256 -binary "$scratch/object" | base64)" \
        '.ETag == $etag and .ObjectSize == 54321 and .StorageClass == "STANDARD" and .Checksum.ChecksumSHA256 == $sha256' \
        "$scratch/attributes.json"
}

lists_pages_and_prefixes() {
    local key
    for key in list/a list/b/1 list/b/2 list/c 'list/d e' list/😀; do
        s3api put-object --bucket "$bucket" --key "$key" >/dev/null
    done
    equals 'list/a|list/b/1|list/b/2|list/c|list/d e|list/😀|' "$(
        s3api list-objects-v2 --bucket "$bucket" --prefix list/ --page-size 2 --query 'Contents[].Key' --output text |
            tr '\t\n' '||')"
    equals 'list/a|list/b/1|list/b/2|list/c|list/d e|list/😀|' "$(
        s3api list-objects --bucket "$bucket" --prefix list/ --page-size 2 --query 'Contents[].Key' --output text |
            tr '\t\n' '||')"
    s3api list-objects-v2 --bucket "$bucket" --prefix list/ --delimiter / >"$scratch/list.json"
    jq -e '[.Contents[].Key] == ["list/a", "list/c", "list/d e", "list/😀"]' "$scratch/list.json"
    jq -e '[.CommonPrefixes[].Prefix] == ["list/b/"]' "$scratch/list.json"
    s3api list-objects-v2 --bucket "$bucket" --prefix list/ --max-items 2 >"$scratch/first.json"
    s3api list-objects-v2 --bucket "$bucket" --prefix list/ --starting-token "$(jq -r .NextToken "$scratch/first.json")" |
        jq -e '[.Contents[].Key] == ["list/b/2", "list/c", "list/d e", "list/😀"]'
}

keeps_versions() {
    s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
    equals Enabled "$(s3api get-bucket-versioning --bucket "$bucket" --query Status --output text)"
    make_file "$scratch/v1" 1111
    make_file "$scratch/v2" 2222
    local first second marker
    first="$(s3api put-object --bucket "$bucket" --key versioned --body "$scratch/v1" --query VersionId --output text)"
    second="$(s3api put-object --bucket "$bucket" --key versioned --body "$scratch/v2" --query VersionId --output text)"
    marker="$(s3api delete-object --bucket "$bucket" --key versioned --query VersionId --output text)"
    fails_with NoSuchKey s3api get-object --bucket "$bucket" --key versioned "$scratch/none"
    s3api list-object-versions --bucket "$bucket" --prefix versioned >"$scratch/versions.json"
    jq -e --arg first "$first" --arg second "$second" '[.Versions[].VersionId] == [$second, $first]' \
        "$scratch/versions.json"
    jq -e --arg marker "$marker" '[.DeleteMarkers[] | select(.IsLatest) | .VersionId] == [$marker]' \
        "$scratch/versions.json"
    s3api get-object --bucket "$bucket" --key versioned --version-id "$first" "$scratch/v1.back"
    same_file "$scratch/v1" "$scratch/v1.back"
    s3api delete-object --bucket "$bucket" --key versioned --version-id "$marker"
    s3api get-object --bucket "$bucket" --key versioned "$scratch/v2.back"
    same_file "$scratch/v2" "$scratch/v2.back"
    s3api delete-object --bucket "$bucket" --key versioned --version-id "$first"
    s3api delete-object --bucket "$bucket" --key versioned --version-id "$second"
    s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Suspended
}

tags_objects_and_buckets() {
    s3api put-object-tagging --bucket "$bucket" --key put \
        --tagging '{"TagSet": [{"Key": "color", "Value": "dark blue"}, {"Key": "empty", "Value": ""}]}'
    s3api get-object-tagging --bucket "$bucket" --key put |
        jq -e '.TagSet | sort_by(.Key) == [{Key: "color", Value: "dark blue"}, {Key: "empty", Value: ""}]'
    s3api delete-object-tagging --bucket "$bucket" --key put
    s3api get-object-tagging --bucket "$bucket" --key put | jq -e '.TagSet == []'
    s3api put-bucket-tagging --bucket "$bucket" --tagging 'TagSet=[{Key=team,Value=storage}]'
    s3api get-bucket-tagging --bucket "$bucket" | jq -e '.TagSet == [{Key: "team", Value: "storage"}]'
    s3api delete-bucket-tagging --bucket "$bucket"
    fails_with NoSuchTagSet s3api get-bucket-tagging --bucket "$bucket"
}

copies_objects() {
    equals "\"$(md5 "$scratch/object")\"" "$(s3api copy-object --bucket "$bucket" --key "copy of put" \
        --copy-source "$bucket/put" --query CopyObjectResult.ETag --output text)"
    equals blue "$(s3api head-object --bucket "$bucket" --key 'copy of put' --query Metadata.color --output text)"
    s3api copy-object --bucket "$bucket" --key copied --copy-source "$bucket/copy of put" \
        --metadata-directive REPLACE --metadata color=red --content-type text/red >/dev/null
    equals "red	text/red" "$(s3api head-object --bucket "$bucket" --key copied \
        --query '[Metadata.color, ContentType]' --output text)"
    s3api get-object --bucket "$bucket" --key copied "$scratch/object.back"
    same_file "$scratch/object" "$scratch/object.back"
    fails_with InvalidRequest s3api copy-object --bucket "$bucket" --key put --copy-source "$bucket/put"
}

uploads_in_parts() {
    make_file "$scratch/part1" $((5 << 20))
    make_file "$scratch/part2" 4321
    local upload first second etag
    upload="$(s3api create-multipart-upload --bucket "$bucket" --key parts/a --metadata kind=parts \
        --query UploadId --output text)"
    first="$(s3api upload-part --bucket "$bucket" --key parts/a --upload-id "$upload" --part-number 1 \
        --body "$scratch/part1" --query ETag --output text)"
    second="$(s3api upload-part --bucket "$bucket" --key parts/a --upload-id "$upload" --part-number 2 \
        --body "$scratch/part2" --query ETag --output text)"
    equals "[[1,5242880],[2,4321]]" "$(s3api list-parts --bucket "$bucket" --key parts/a --upload-id "$upload" |
        jq -c '[.Parts[] | [.PartNumber, .Size]]')"
    s3api list-multipart-uploads --bucket "$bucket" | jq -e --arg id "$upload" '[.Uploads[].UploadId] == [$id]'
    fails_with 404 s3api head-object --bucket "$bucket" --key parts/a
    etag="$(s3api complete-multipart-upload --bucket "$bucket" --key parts/a --upload-id "$upload" --multipart-upload \
        "{\"Parts\": [{\"PartNumber\": 1, \"ETag\": $first}, {\"PartNumber\": 2, \"ETag\": $second}]}" \
        --query ETag --output text)"
    equals "\"$({ openssl dgst -md5 -binary "$scratch/part1"; openssl dgst -md5 -binary "$scratch/part2"; } |
        md5sum | cut -d ' ' -f 1)-2\"" "$etag"
    equals parts "$(s3api head-object --bucket "$bucket" --key parts/a --query Metadata.kind --output text)"
    s3api get-object --bucket "$bucket" --key parts/a "$scratch/whole.back"
    cat "$scratch/part1" "$scratch/part2" >"$scratch/whole"
    same_file "$scratch/whole" "$scratch/whole.back"
    s3api get-object --bucket "$bucket" --key parts/a --part-number 2 "$scratch/part2.back"
    same_file "$scratch/part2" "$scratch/part2.back"
}

copies_parts_and_aborts() {
    local upload first second
    upload="$(s3api create-multipart-upload --bucket "$bucket" --key parts/b --query UploadId --output text)"
    first="$(s3api upload-part-copy --bucket "$bucket" --key parts/b --upload-id "$upload" --part-number 1 \
        --copy-source "$bucket/parts/a" --copy-source-range bytes=0-5242879 --query CopyPartResult.ETag --output text)"
    second="$(s3api upload-part-copy --bucket "$bucket" --key parts/b --upload-id "$upload" --part-number 2 \
        --copy-source "$bucket/parts/a" --copy-source-range bytes=5242880-5247200 --query CopyPartResult.ETag \
        --output text)"
    s3api complete-multipart-upload --bucket "$bucket" --key parts/b --upload-id "$upload" --multipart-upload \
        "{\"Parts\": [{\"PartNumber\": 1, \"ETag\": $first}, {\"PartNumber\": 2, \"ETag\": $second}]}" >/dev/null
    s3api get-object --bucket "$bucket" --key parts/b "$scratch/whole.back"
    same_file "$scratch/whole" "$scratch/whole.back"
    upload="$(s3api create-multipart-upload --bucket "$bucket" --key parts/c --query UploadId --output text)"
    s3api upload-part --bucket "$bucket" --key parts/c --upload-id "$upload" --part-number 1 --body "$scratch/part2"
    s3api abort-multipart-upload --bucket "$bucket" --key parts/c --upload-id "$upload"
    fails_with NoSuchUpload s3api list-parts --bucket "$bucket" --key parts/c --upload-id "$upload"
    equals 0 "$(s3api list-multipart-uploads --bucket "$bucket" | jq -s 'map(.Uploads // []) | add // [] | length')"
}

presigns_urls() {
    local url
    url="$(s3 presign --expires-in 60 "s3://$bucket/put")"
    curl --silent --show-error --fail --output "$scratch/object.back" "$url"
    same_file "$scratch/object" "$scratch/object.back"
    equals 403 "$(curl --silent --output "$scratch/refusal" --write-out '%{http_code}' "${url}0")"
    grep -q '<Code>SignatureDoesNotMatch</Code>' "$scratch/refusal"
    url="$(s3 presign --expires-in 1 "s3://$bucket/put")"
    sleep 3
    equals 403 "$(curl --silent --output "$scratch/refusal" --write-out '%{http_code}' "$url")"
    grep -q 'Request has expired' "$scratch/refusal"
}

presigns_virtual_hosted_urls() {
    local url
    printf '[default]\ns3 =\n  addressing_style = virtual\n  signature_version = s3v4\n' >"$scratch/virtual"
    url="$(AWS_CONFIG_FILE="$scratch/virtual" \
        "$aws_cli" --endpoint-url "http://localhost:${ENDPOINT##*:}" s3 presign "s3://$bucket/put")"
    [[ "$url" == "http://$bucket.localhost:"* ]]
    curl --silent --show-error --fail --output "$scratch/object.back" "$url"
    same_file "$scratch/object" "$scratch/object.back"
}

puts_under_conditions() {
    # The request is judged by the client before it is sent: an old one does not know the option.
    local said
    said="$(s3api put-object --bucket "$bucket" --key only-once --if-none-match '*' --generate-cli-skeleton output 2>&1 ||
        true)"
    if [[ "$said" == *'Unknown options'* ]]; then
        skip "aws $version has no --if-none-match"
    fi
    make_file "$scratch/winner" 999
    s3api put-object --bucket "$bucket" --key only-once --body "$scratch/winner" --if-none-match '*'
    fails_with PreconditionFailed s3api put-object --bucket "$bucket" --key only-once --body "$scratch/object" \
        --if-none-match '*'
    fails_with PreconditionFailed s3api put-object --bucket "$bucket" --key only-once --body "$scratch/object" \
        --if-match '"00000000000000000000000000000000"'
    s3api get-object --bucket "$bucket" --key only-once "$scratch/winner.back"
    same_file "$scratch/winner" "$scratch/winner.back"
    s3api put-object --bucket "$bucket" --key only-once --body "$scratch/object" --if-match "\"$(md5 "$scratch/winner")\""
    s3api get-object --bucket "$bucket" --key only-once "$scratch/winner.back"
    same_file "$scratch/object" "$scratch/winner.back"
}

gets_under_conditions() {
    local etag
    etag="\"$(md5 "$scratch/object")\""
    fails_with 304 s3api get-object --bucket "$bucket" --key put --if-none-match "$etag" "$scratch/none"
    fails_with PreconditionFailed s3api get-object --bucket "$bucket" --key put --if-match '"other"' "$scratch/none"
    s3api get-object --bucket "$bucket" --key put --if-match "$etag" "$scratch/object.back"
    same_file "$scratch/object" "$scratch/object.back"
}

refuses_strangers() {
    AWS_SECRET_ACCESS_KEY=wrong fails_with SignatureDoesNotMatch s3api list-objects-v2 --bucket "$bucket"
    AWS_ACCESS_KEY_ID=AKIANOBODY fails_with InvalidAccessKeyId s3api list-objects-v2 --bucket "$bucket"
    fails_with AccessDenied s3api list-objects-v2 --bucket "$bucket" --no-sign-request
}

deletes_many_at_once() {
    s3api delete-objects --bucket "$bucket" \
        --delete '{"Objects": [{"Key": "list/a"}, {"Key": "list/😀"}, {"Key": "never was"}]}' |
        jq -e '[.Deleted[].Key] | sort == ["list/a", "list/😀", "never was"]'
    s3api list-objects-v2 --bucket "$bucket" --prefix list/ --query 'Contents[].Key' --output text >"$scratch/left"
    equals $'list/b/1\tlist/b/2\tlist/c\tlist/d e' "$(cat "$scratch/left")"
}

removes_everything() {
    fails_with BucketNotEmpty s3api delete-bucket --bucket "$bucket"
    s3 rm --only-show-errors --recursive "s3://$bucket"
    equals "" "$(s3 ls --recursive "s3://$bucket" || true)"
    # What deletions in a suspended bucket leave are delete markers, one for each key.
    local version
    while [[ "$(s3api list-object-versions --bucket "$bucket" --max-items 500 |
        jq -s '{Objects: (map(.Versions // [], .DeleteMarkers // []) | add // [] | map({Key, VersionId})), Quiet: true}' |
        tee "$scratch/rest.json" | jq '.Objects | length')" != 0 ]]; do
        version="$(s3api delete-objects --bucket "$bucket" --delete "file://$scratch/rest.json" | jq -c .Errors)"
        equals "" "${version#null}"
    done
    s3 rb "s3://$bucket"
    fails_with 404 s3api head-bucket --bucket "$bucket"
}

check "makes a bucket" makes_a_bucket
check "copies $LARGE_MIB MiB up and down" copies_a_large_file_up_and_down
check "copies odd names up and down" copies_odd_names_up_and_down
check "syncs only what changed" syncs_only_what_changed
check "syncs deletions" syncs_deletions
check "streams from and to a pipe" streams_from_and_to_a_pipe
check "moves an object" moves_an_object
check "puts, gets and heads" puts_gets_and_heads
check "checks Content-MD5" checks_content_md5
check "keeps checksums" keeps_checksums
check "gets object attributes" gets_object_attributes
check "lists pages and prefixes" lists_pages_and_prefixes
check "keeps versions" keeps_versions
check "tags objects and buckets" tags_objects_and_buckets
check "copies objects" copies_objects
check "uploads in parts" uploads_in_parts
check "copies parts and aborts" copies_parts_and_aborts
check "presigns URLs" presigns_urls
check "presigns virtual-hosted URLs" presigns_virtual_hosted_urls
check "puts under conditions" puts_under_conditions
check "gets under conditions" gets_under_conditions
check "refuses strangers" refuses_strangers
check "deletes many at once" deletes_many_at_once
check "removes everything" removes_everything
finish
