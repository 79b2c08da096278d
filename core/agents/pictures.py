"""Pictures that people upload: checked, cleaned of where they were taken, kept by their content."""

import hashlib
import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import PublishError
from core.models import Picture
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
    body = out.getvalue()
    name = hashlib.sha256(body).hexdigest()
    path = settings.data / "pictures" / f"{name}.{'jpg' if kind == 'JPEG' else 'png'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return Picture(
        path=str(path), hash=name, media_type=f"image/{kind.lower()}", alt=" ".join(alt.split()), width=picture.width,
        height=picture.height,
    )  # fmt: skip
