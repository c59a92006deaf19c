"""The bytes of the pictures, in a bucket."""

from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

FOREVER = "public, max-age=31536000, immutable"  # a key is never written twice


@dataclass(frozen=True)
class StoredObject:
    size: int
    head: bytes  # its first bytes


class Bucket:
    """A bucket on an S3 server; boto3 takes keys and region from the environment, as everywhere."""

    def __init__(self, endpoint: str, name: str) -> None:
        self._endpoint = endpoint
        self._name = name
        # boto3 presigns with Signature Version 2 unless told otherwise, and that signs neither length nor type.
        self._s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    def put_public(self, key: str, file: BinaryIO, content_type: str) -> None:
        """Uploads a file that everybody may read: its ACL says so. Large ones go in parts."""
        self._s3.upload_fileobj(
            file,
            self._name,
            key,
            ExtraArgs={"ACL": "public-read", "ContentType": content_type, "CacheControl": FOREVER},
        )

    def presign_put(self, key: str, content_type: str, size: int, seconds: int) -> str:
        """A URL that takes one PUT of so many bytes of this type, from whoever has it."""
        return self._s3.generate_presigned_url(
            "put_object",
            Params={"Bucket": self._name, "Key": key, "ContentType": content_type, "ContentLength": size},
            ExpiresIn=seconds,
        )

    def look_at(self, key: str, head_bytes: int) -> StoredObject | None:
        """Size and first bytes of an object, or None where there is none."""
        try:
            found = self._s3.get_object(Bucket=self._name, Key=key, Range=f"bytes=0-{head_bytes - 1}")
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        with found["Body"] as body:
            return StoredObject(size=int(found["ContentRange"].rpartition("/")[2]), head=body.read())

    def remove(self, key: str) -> None:
        """Deletes an object; one that is not there is no error, as always in S3."""
        self._s3.delete_object(Bucket=self._name, Key=key)

    def check(self) -> None:
        """Raises where the bucket does not answer."""
        self._s3.head_bucket(Bucket=self._name)

    def url(self, key: str) -> str:
        """Where everybody reads it."""
        return f"{self._endpoint}/{self._name}/{quote(key)}"
