#!/usr/bin/env bash
# IAM of the AWS CLI against a started server. AWS_CLI names the program where it is not `aws`.
aws_cli="${AWS_CLI:-aws}"
if ! command -v "$aws_cli" >/dev/null; then
    echo "skip awsiam: no $aws_cli on this machine"
    exit 0
fi
version="$("$aws_cli" --version 2>&1 | sed -E 's|^aws-cli/([0-9.]+).*|\1|')"
client="awsiam-$version"
# shellcheck source=tests/clients/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

# Nothing of the user's own settings; no retries, so that one wrong answer is seen.
export AWS_CONFIG_FILE="$scratch/config" AWS_SHARED_CREDENTIALS_FILE="$scratch/credentials"
export AWS_DEFAULT_REGION="$AWS_REGION" AWS_PAGER="" AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true
: >"$AWS_CONFIG_FILE"
: >"$AWS_SHARED_CREDENTIALS_FILE"

name="cli$RANDOM$$"
bucket="awsiam-$RANDOM-$$"
account="arn:aws:iam::000000000000"
allow_all='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
deny_delete='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}]}'
trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'

iam() { "$aws_cli" --endpoint-url "$ENDPOINT" --output text iam "$@"; }
s3api() { "$aws_cli" --endpoint-url "$ENDPOINT" s3api "$@"; }

# as_user COMMAND...: the same with the key of the user.
as_user() {
    local id secret
    read -r id secret <"$scratch/key"
    AWS_ACCESS_KEY_ID="$id" AWS_SECRET_ACCESS_KEY="$secret" "$@"
}

makes_a_user_with_a_key() {
    equals "$account:root" "$(iam get-user --query User.Arn)"
    iam create-user --user-name "$name" --path /cli/ --tags Key=team,Value=blue
    equals "$account:user/cli/$name" "$(iam get-user --user-name "$name" --query User.Arn)"
    equals "$name" "$(iam list-users --path-prefix /cli/ --page-size 1 --query 'Users[].UserName')"
    iam create-access-key --user-name "$name" --query 'AccessKey.[AccessKeyId,SecretAccessKey]' >"$scratch/key"
    fails_with EntityAlreadyExists iam create-user --user-name "$name"
}

gives_and_takes_what_a_user_may_do() {
    s3api create-bucket --bucket "$bucket"
    fails_with AccessDenied as_user s3api list-objects-v2 --bucket "$bucket"
    iam put-user-policy --user-name "$name" --policy-name all --policy-document "$allow_all"
    equals "$allow_all" "$(iam get-user-policy --user-name "$name" --policy-name all --query PolicyDocument \
        --output json | tr -d ' \n')"
    echo text >"$scratch/file"
    as_user s3api put-object --bucket "$bucket" --key k --body "$scratch/file"

    local arn
    arn="$(iam create-policy --policy-name "$name" --policy-document "$deny_delete" --query Policy.Arn)"
    iam create-group --group-name "$name"
    iam attach-group-policy --group-name "$name" --policy-arn "$arn"
    iam add-user-to-group --group-name "$name" --user-name "$name"
    fails_with AccessDenied as_user s3api delete-object --bucket "$bucket" --key k
    equals explicitDeny "$(iam simulate-principal-policy --policy-source-arn "$account:user/cli/$name" \
        --action-names s3:DeleteObject --resource-arns "arn:aws:s3:::$bucket/k" --query 'EvaluationResults[].EvalDecision')"

    iam create-policy-version --policy-arn "$arn" --policy-document "$allow_all" --set-as-default
    as_user s3api delete-object --bucket "$bucket" --key k
    equals $'v2\nv1' "$(iam list-policy-versions --policy-arn "$arn" --query 'Versions[].VersionId' | tr '\t' '\n')"
    equals "$name" "$(iam list-entities-for-policy --policy-arn "$arn" --query 'PolicyGroups[].GroupName')"
}

makes_a_role() {
    iam create-role --role-name "$name" --assume-role-policy-document "$trust" --max-session-duration 7200
    iam attach-role-policy --role-name "$name" --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
    equals AmazonS3ReadOnlyAccess \
        "$(iam list-attached-role-policies --role-name "$name" --query 'AttachedPolicies[].PolicyName')"
    equals "$account:role/$name" "$(iam get-role --role-name "$name" --query Role.Arn)"
    fails_with DeleteConflict iam delete-role --role-name "$name"
    iam detach-role-policy --role-name "$name" --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
    iam delete-role --role-name "$name"
}

makes_a_virtual_device() {
    iam create-virtual-mfa-device --virtual-mfa-device-name "$name" \
        --outfile "$scratch/qr.png" --bootstrap-method QRCodePNG
    equals 89504e470d0a1a0a "$(head -c 8 "$scratch/qr.png" | od -An -tx1 | tr -d ' \n')"
    iam delete-virtual-mfa-device --serial-number "$account:mfa/$name"
}

switches_a_key_off_at_once() {
    local id
    read -r id _ <"$scratch/key"
    iam update-access-key --user-name "$name" --access-key-id "$id" --status Inactive
    fails_with InvalidAccessKeyId as_user s3api list-buckets
    iam update-access-key --user-name "$name" --access-key-id "$id" --status Active
    as_user s3api list-buckets
    equals s3 "$(iam get-access-key-last-used --access-key-id "$id" --query AccessKeyLastUsed.ServiceName)"
}

deletes_it_all() {
    local id arn="$account:policy/$name"
    read -r id _ <"$scratch/key"
    fails_with DeleteConflict iam delete-user --user-name "$name"
    iam remove-user-from-group --group-name "$name" --user-name "$name"
    iam detach-group-policy --group-name "$name" --policy-arn "$arn"
    iam delete-group --group-name "$name"
    iam delete-policy-version --policy-arn "$arn" --version-id v1
    iam delete-policy --policy-arn "$arn"
    iam delete-user-policy --user-name "$name" --policy-name all
    iam delete-access-key --user-name "$name" --access-key-id "$id"
    iam delete-user --user-name "$name"
    fails_with NoSuchEntity iam get-user --user-name "$name"
    fails_with InvalidAccessKeyId as_user s3api list-buckets
    s3api delete-bucket --bucket "$bucket"
}

refuses_what_is_not_served_by_name() {
    fails_with "The action CreateLoginProfile is not implemented" \
        iam create-login-profile --user-name "$name" --password secret-password
}

check "makes a user with a key" makes_a_user_with_a_key
check "gives and takes what a user may do" gives_and_takes_what_a_user_may_do
check "makes a role" makes_a_role
check "makes a virtual device" makes_a_virtual_device
check "switches a key off at once" switches_a_key_off_at_once
check "deletes it all" deletes_it_all
check "refuses what is not served by name" refuses_what_is_not_served_by_name
finish
