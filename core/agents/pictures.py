"""An article's pictures: uploaded ones, checked and cleaned of where they were taken, and drawn covers.

Each is kept under `<data>/pictures` by the hash of its content.
"""

import hashlib
import io
import os
import warnings
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import PublishError
from core.models import Picture
from core.publishing.cover import ALT_TEXT, cover
from core.settings import Settings

LARGEST_BYTES = 20_000_000
WIDEST = 2400
"""Pixels; larger ones are scaled down."""


def take_in(content: bytes, alt: str, settings: Settings) -> Picture:
    """Keep a picture as PNG or JPEG under its hash, without the data a camera adds.

    Raises:
        PublishError: it is no picture, or too large.
    """
    if len(content) > LARGEST_BYTES:
        raise PublishError("The picture is larger than 20 MB.", remedy="Choose a smaller one.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content))
            kind = "JPEG" if opened.format == "JPEG" else "PNG"
            picture = ImageOps.exif_transpose(opened).convert("RGB" if kind == "JPEG" else "RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise PublishError("This is no picture that can be read.", remedy="Choose a PNG, JPEG or WebP file.") from error
    picture.thumbnail((WIDEST, WIDEST))
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 88} if kind == "JPEG" else {"optimize": True}))
    return _kept(out.getvalue(), " ".join(alt.split()), settings)


def drawn(title: str, settings: Settings) -> Picture:
    """The cover of an article that was given none.

    It is drawn once for a title and then kept: another release of the drawing library would make other bytes,
    and the article would seem to have changed.
    """
    name = hashlib.sha256(f"{settings.site_title}\n{title}".encode()).hexdigest()[:32]
    once = settings.data / "pictures" / "drawn" / f"{name}.png"
    if not once.exists():
        once.parent.mkdir(parents=True, exist_ok=True)
        once.write_bytes(cover(title, site=settings.site_title))
    return _kept(once.read_bytes(), ALT_TEXT, settings)


def path_of(picture: Picture, settings: Settings) -> Path:
    """Where a picture lies."""
    return settings.data / "pictures" / f"{picture.hash}.{'jpg' if picture.media_type == 'image/jpeg' else 'png'}"


def _kept(body: bytes, alt: str, settings: Settings) -> Picture:
    with Image.open(io.BytesIO(body)) as opened:
        width, height, kind = opened.width, opened.height, (opened.format or "PNG").lower()
    picture = Picture(
        path="", hash=hashlib.sha256(body).hexdigest(), media_type=f"image/{kind}", alt=alt, width=width, height=height
    )
    path = path_of(picture, settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_bytes(body)
        os.replace(beside, path)
    return replace(picture, path=str(path))
