"""A cover for an article that has no picture: a galley proof with the corrector's marks, no photograph.

It carries no title: every theme and every link card sets the title beside it, and twice is a slip.
1200 by 630 pixels, the shape that link cards show whole. The same title always gives the same
bytes, so that a target which has the picture does not get it again. Paper, ink and red are those of
our own pages.
"""

import io
import random
from collections.abc import Iterator
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 88
MEDIA_TYPE = "image/png"
ALT_TEXT = "Decorative cover: a printer's proof with a corrector's marks in red"

_PAPER, _HEADLINE, _TYPE, _QUIET, _RULE, _RED = "#fbfaf6", "#8d8475", "#d3ccbf", "#625b51", "#dfd9cd", "#8f231d"
_GUTTER, _LEADING, _HEIGHT = 76, 25, 10
_HEAD, _BODY_LINES = 22, 16
_WORDS, _SPACE = (16, 74), 9
_SMALL = 27
_NEVER = "\U0010fffe"
"""A character no font has: what is drawn for it is the box."""

_Box = tuple[float, float, float, float]


def cover(title: str, *, site: str = "", motto: str = "Every claim checked against its source") -> bytes:
    """The cover as a PNG.

    Args:
        title: what the lines are set by; it does not stand on the cover.
        site: the publication's name, at the foot on the left.
        motto: a line at the foot on the right.
    """
    chance = random.Random(title)
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 14, HEIGHT), fill=_RED)
    foot = HEIGHT - MARGIN
    column = (WIDTH - 2 * MARGIN - _GUTTER) / 2
    words = [*_column(draw, MARGIN, column, chance, head=True)]
    words += _column(draw, MARGIN + column + _GUTTER, column, chance, head=False)
    _correct(draw, words, chance)
    draw.line((MARGIN, foot - 4, WIDTH - MARGIN, foot - 4), fill=_RULE, width=2)
    font = ImageFont.truetype(str(_letters()), _SMALL, layout_engine=ImageFont.Layout.BASIC)
    if _can_set(site, font):
        draw.text((MARGIN, foot + 12), site, font=font, fill=_RED)
    if _can_set(motto, font):
        draw.text((WIDTH - MARGIN - font.getlength(motto), foot + 12), motto, font=font, fill=_QUIET)
    return _png(picture)


def _column(draw: ImageDraw.ImageDraw, left: float, width: float, chance: random.Random, *, head: bool) -> list[_Box]:
    """Lines of type as bars, a bar a word; returns those of the text."""
    y = float(MARGIN - 20)
    if head:
        for share in (1.0, chance.uniform(0.4, 0.8)):
            for box in _line(left, y, width * share, _HEAD, chance, (60, 170), 14):
                draw.rounded_rectangle(box, 4, fill=_HEADLINE)
            y += _HEAD + 18
        y += 34
    boxes: list[_Box] = []
    lines = _BODY_LINES - (4 if head else 0)
    ends = set(chance.sample(range(2, lines - 1), 2)) | {lines - 1}
    for number in range(lines):
        share = chance.uniform(0.3, 0.75) if number in ends else 1.0
        boxes += _line(left, y, width * share, _HEIGHT, chance, _WORDS, _SPACE)
        y += _LEADING
    for box in boxes:
        draw.rounded_rectangle(box, 3, fill=_TYPE)
    return boxes


def _line(
    left: float, top: float, width: float, height: int, chance: random.Random, words: tuple[int, int], space: int
) -> Iterator[_Box]:
    x = left
    while x < left + width - words[0]:
        end = min(x + chance.uniform(*words), left + width)
        yield (x, top, end, top + height)
        x = end + space


def _correct(draw: ImageDraw.ImageDraw, words: list[_Box], chance: random.Random) -> None:
    """One word underlined, one ringed, one struck out, and a caret; each with its stroke in the margin."""
    inner = [box for box in words if box[2] - box[0] > 40]
    marked = chance.sample(inner, 4)
    for number, (left, top, right, bottom) in enumerate(marked):
        middle = (top + bottom) / 2
        if number == 0:
            draw.line((left - 2, bottom + 6, right + 2, bottom + 6), fill=_RED, width=4)
        elif number == 1:
            draw.ellipse((left - 12, top - 9, right + 12, bottom + 9), outline=_RED, width=4)
        elif number == 2:
            draw.line((left - 4, middle, right + 4, middle), fill=_RED, width=4)
        else:
            draw.line(((left - 14, bottom + 10), (left - 5, bottom - 4), (left + 4, bottom + 10)), fill=_RED, width=4)
        edge = MARGIN - 30 if left < WIDTH / 2 else WIDTH - MARGIN + 22
        draw.line((edge, top - 5, edge, bottom + 5), fill=_RED, width=4)


def _can_set(text: str, font: ImageFont.FreeTypeFont) -> bool:
    """Whether the font has every letter of the text; boxes in their place would be worse than nothing."""
    box = bytes(font.getmask(_NEVER))
    return bool(text.strip()) and all(bytes(font.getmask(c)) != box for c in set(text) if not c.isspace())


def _letters() -> object:
    # The plain layout engine gives the same picture whether or not the machine has Raqm.
    return files("font_source_serif_pro") / "files" / "SourceSerifPro-Regular.ttf"


def _png(picture: Image.Image) -> bytes:
    """Few colours are enough, and no time or software is written into the file."""
    file = io.BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()
