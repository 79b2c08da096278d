"""A picture's bytes and the name it goes by at a target: its content, so the same one is sent once."""

import hashlib
from base64 import b64encode
from pathlib import Path

from core.errors import PublishError
from core.models import Picture

_ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif",
}  # fmt: skip
"""SVG is left out: one that is opened by itself runs its scripts."""


def file_name(picture: Picture) -> str:
    """`<first 16 of the hash>.<ending>`.

    Raises:
        PublishError: it is of a kind that is not published.
    """
    ending = _ENDINGS.get(picture.media_type)
    if ending is None:
        raise PublishError(
            f"Pictures of the type {picture.media_type!r} are not published.",
            remedy=f"Choose a picture of type {', '.join(_ENDINGS.values())}.",
        )
    return f"{picture.hash[:16]}.{ending}"


def picture_bytes(picture: Picture) -> bytes:
    """The file's bytes.

    Raises:
        PublishError: it is gone, cannot be read, or is no longer the picture that was approved.
    """
    try:
        content = Path(picture.path).read_bytes()
    except OSError as error:
        raise PublishError(
            f"The picture {picture.path!r} cannot be read: {error.strerror or error}.",
            remedy="Choose the article's picture again, or publish without one.",
        ) from error
    if hashlib.sha256(content).hexdigest() != picture.hash:
        raise PublishError(
            f"The picture {picture.path!r} was changed since it was chosen.",
            remedy="Choose the article's picture again, so that what is published is what was approved.",
        )
    return content


def as_address(picture: Picture) -> str:
    """The picture itself as a `data:` address, for a page that needs no other file."""
    return f"data:{picture.media_type};base64,{b64encode(picture_bytes(picture)).decode()}"
