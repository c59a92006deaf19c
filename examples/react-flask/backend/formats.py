"""The formats of pictures that are taken, told by their first bytes: what a file's name says is a guess.

SVG is not among them: it is a document that may hold scripts.
"""

from dataclasses import dataclass

HEAD_BYTES = 16


@dataclass(frozen=True)
class Format:
    type: str
    extension: str


PNG = Format("image/png", "png")
JPEG = Format("image/jpeg", "jpg")
GIF = Format("image/gif", "gif")
WEBP = Format("image/webp", "webp")

BY_TYPE = {known.type: known for known in (PNG, JPEG, GIF, WEBP)}
BY_EXTENSION = {known.extension: known for known in BY_TYPE.values()}


def format_of(head: bytes) -> Format | None:
    """The format of a file that begins with these bytes, of which HEAD_BYTES are enough."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return None
