"""Publishes a directory as a website: publish.py DIRECTORY BUCKET. Needs S3_ENDPOINT and AWS's keys in the environment.

Files whose names change with their content come first and may be cached for ever; pages come after what they name, and
a browser asks for them anew each time; what no longer belongs to the site goes last. So nobody ever sees half a site.
"""

import mimetypes
import os
import sys
from pathlib import Path

import boto3
from botocore.config import Config

FOREVER = "public, max-age=31536000, immutable"
ASK_ANEW = "no-cache"


def publish(directory: Path, bucket: str) -> None:
    s3 = boto3.client(
        "s3", endpoint_url=os.environ["S3_ENDPOINT"], config=Config(s3={"addressing_style": "path"})
    )
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    for key in sorted(files, key=lambda key: (key.endswith(".html"), key)):
        content_type = mimetypes.guess_type(key)[0] or "application/octet-stream"
        if content_type.startswith("text/"):
            content_type += "; charset=utf-8"
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=files[key].read_bytes(),
            ContentType=content_type,
            CacheControl=FOREVER if key.startswith("assets/") else ASK_ANEW,
        )
        print(f"   {key}")

    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", []):
            if found["Key"] not in files:
                s3.delete_object(Bucket=bucket, Key=found["Key"])
                print(f"   {found['Key']} is gone")


if __name__ == "__main__":
    publish(Path(sys.argv[1]), sys.argv[2])
