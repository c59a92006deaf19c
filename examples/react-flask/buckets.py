"""Makes a website of one bucket, and lets its pages upload to another: buckets.py SITE PICTURES ORIGIN.

Needs S3_ENDPOINT and AWS's keys in the environment. Setting what is set already changes nothing.
"""

import os
import sys

import boto3
from botocore.config import Config


def configure(site: str, pictures: str, origin: str) -> None:
    s3 = boto3.client(
        "s3", endpoint_url=os.environ["S3_ENDPOINT"], config=Config(s3={"addressing_style": "path"})
    )
    s3.put_bucket_website(
        Bucket=site,
        WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "404.html"}},
    )
    # PUT, and nothing else: pictures are shown without asking a CORS rule. The page of another site can do nothing with
    # a presigned URL, though a program can.
    s3.put_bucket_cors(
        Bucket=pictures,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": [origin],
                    "AllowedMethods": ["PUT"],
                    "AllowedHeaders": ["content-type"],
                    "MaxAgeSeconds": 600,
                }
            ]
        },
    )


if __name__ == "__main__":
    configure(sys.argv[1], sys.argv[2], sys.argv[3])
