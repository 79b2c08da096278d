"""Plain text: paragraphs at blank lines, hard-wrapped lines joined."""

import re

from core.models import Flag
from core.reading.encoding import decode
from core.reading.normal import normal, one_line
from core.reading.readers import READERS, Reading

WRAPPED_AT = 50
"""Lines that are mostly longer than this were wrapped by a program, not by the author."""
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s")


@READERS.register("plain")
class Plain:
    """Text files."""

    media_types = ("text/plain",)
    suffixes = (".txt", ".text")

    def read(self, body: bytes, *, url: str, charset: str | None) -> Reading:
        source, note = decode(body, charset=charset)
        text = "\n\n".join(_unwrapped(block) for block in normal(source).split("\n\n"))
        first = one_line(text.split("\n", 1)[0])
        return Reading(
            text=text,
            title=first if 0 < len(first) <= 120 else "",
            flags=(Flag(kind="encoding", start=0, end=0, note=note),) if note else (),
        )


def _unwrapped(block: str) -> str:
    lines = block.split("\n")
    long = sum(len(line) >= WRAPPED_AT for line in lines[:-1])
    if len(lines) < 2 or long < 0.6 * (len(lines) - 1) or any(_ITEM.match(line) for line in lines):
        return block
    return " ".join(line.strip() for line in lines)
