"""A cover for an article that has no picture: its title, well set, and nothing that pretends to be a photograph.

1200 by 630 pixels, the shape that link cards show whole. The same title always gives the same
bytes, so that a target which has the picture does not get it again. Paper, ink and red are
those of our own pages; the letters are Source Serif, and where a title is in a script they do
not have, the cover carries none rather than boxes.
"""

import io
from collections.abc import Sequence
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

from core.publishing.quotes import shorten
from core.publishing.wording import printable

WIDTH, HEIGHT = 1200, 630
MARGIN = 88
MEDIA_TYPE = "image/png"

_PAPER, _INK, _QUIET, _RULE, _RED = "#fbfaf6", "#201d19", "#625b51", "#dfd9cd", "#8f231d"
_LARGEST, _SMALLEST, _STEP = 92, 44, 2
_LEADING = 1.14
_MOST_LINES = 5
LONGEST_TITLE = 180
_SMALL = 27
_NEVER = "\U0010fffe"
"""A character no font has: what is drawn for it is the box."""


def cover(title: str, *, site: str = "", motto: str = "Every claim checked against its source") -> bytes:
    """The cover as a PNG.

    Neither date nor score stands on it: both change with an update, the cover does not.

    Args:
        site: the publication's name, set above the title.
        motto: a line at the foot.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 14, HEIGHT), fill=_RED)
    head, foot = MARGIN - 14, HEIGHT - MARGIN - _SMALL
    for y in (foot - 34, foot - 29):
        draw.line((MARGIN, y, WIDTH - MARGIN, y), fill=_RULE, width=2)
    small = _font("Regular", _SMALL)
    for text, y, ink in ((site, head, _RED), (motto, foot - 4, _QUIET)):
        if _can_set(text, small):
            draw.text((MARGIN, y), text, font=small, fill=ink)
    _set_title(
        draw, shorten(" ".join(printable(title).split()), LONGEST_TITLE), top=head + 2 * _SMALL, bottom=foot - 76
    )
    return _png(picture)


def alt_text(title: str) -> str:
    """What somebody who does not see the cover should know of it."""
    return f"Title card: {' '.join(title.split())}"


def _set_title(draw: ImageDraw.ImageDraw, title: str, *, top: int, bottom: int) -> None:
    """As large as it fits, in lines of even length, standing a little above the middle."""
    if not _can_set(title, _font("Semibold", _SMALLEST)):
        return
    for size in range(_LARGEST, _SMALLEST - 1, -_STEP):
        font = _font("Semibold", size)
        lines = even_lines(title, font, WIDTH - 2 * MARGIN)
        if len(lines) <= _MOST_LINES and len(lines) * size * _LEADING <= bottom - top and _fits(lines, font):
            break
    lines = _cut(lines, font, int((bottom - top) // (size * _LEADING)))
    height = len(lines) * size * _LEADING
    y = top + (bottom - top - height) * 0.45
    for line in lines:
        draw.text((MARGIN - font.getbbox(line)[0], y), line, font=font, fill=_INK)
        y += size * _LEADING


def even_lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The words in as few lines as the width allows, and those as even as they can be.

    A last line of one word looks like a slip; the narrowest width that needs no further line
    avoids it.
    """
    fewest = _wrap(text, font, width)
    low, high = 1, width
    while low < high:
        middle = (low + high) // 2
        if len(_wrap(text, font, middle)) <= len(fewest) and _fits(_wrap(text, font, middle), font, middle):
            high = middle
        else:
            low = middle + 1
    return _wrap(text, font, high)


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(font, longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fits(lines: Sequence[str], font: ImageFont.FreeTypeFont, width: int = WIDTH - 2 * MARGIN) -> bool:
    return all(_width(font, line) <= width for line in lines)


def _cut(lines: Sequence[str], font: ImageFont.FreeTypeFont, most: int) -> list[str]:
    """As many lines as there is room for, none too wide; what is left out shows as an ellipsis."""
    kept = list(lines[: max(1, most)])
    if len(kept) < len(lines):
        kept[-1] += "…"
    for at, line in enumerate(kept):
        while _width(font, line) > WIDTH - 2 * MARGIN:
            line = line.removesuffix("…")[:-1].rstrip() + "…"
        kept[at] = line
    return kept


def _width(font: ImageFont.FreeTypeFont, text: str) -> float:
    """Where the ink of a line ends. The sum of the advances will not do: letters are set on whole pixels."""
    return font.getbbox(text)[2]


def _can_set(text: str, font: ImageFont.FreeTypeFont) -> bool:
    """Whether the font has every letter of the text."""
    box = bytes(font.getmask(_NEVER))
    return bool(text.strip()) and all(bytes(font.getmask(c)) != box for c in set(text) if not c.isspace())


def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    # The plain layout engine gives the same picture whether or not the machine has Raqm.
    letters = files("font_source_serif_pro") / "files" / f"SourceSerifPro-{weight}.ttf"
    return ImageFont.truetype(str(letters), size, layout_engine=ImageFont.Layout.BASIC)


def _png(picture: Image.Image) -> bytes:
    """Few colours are enough, and no time or software is written into the file."""
    file = io.BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()
