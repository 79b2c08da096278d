"""The normal form of every snapshot's text: NFC, `\\n` only, no control characters, tidy blocks.

Offsets into a snapshot are kept for years and quotes are compared character by character, so
there is one form, and bringing a text into it twice changes nothing.
"""

import re
import unicodedata

# Controls, soft hyphens, zero-width and direction marks, private use, tags: nothing a reader sees,
# and a place to hide instructions. Joiners that Arabic, Indic scripts and emoji need stay.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ue000-\uf8ff\ud800-\udfff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
_LINES = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_TRAILING = re.compile(r"[ ]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")


def normal(text: str) -> str:
    """Text in normal form; idempotent. Leading spaces of lines are kept (nested lists, code).

    >>> normal("a\\r\\nb\\u00a0c\\x00 \\n\\n\\n\\nd")
    'a\\nb c\\n\\nd'
    """
    text = _LINES.sub("\n", text)
    text = _SPACES.sub(" ", text)
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    text = _TRAILING.sub("", text)
    return _GAPS.sub("\n\n", text).strip("\n").rstrip()


def one_line(text: str | None) -> str:
    """A title or name: normal form, single spaces, one line."""
    return " ".join(normal(text or "").split())


def count_words(text: str) -> int:
    """Words; in scripts without spaces two characters count as one."""
    wide = len(re.findall("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text))
    spaced = len(re.findall(r"[^\W_]+", re.sub("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", " ", text)))
    return spaced + wide // 2
