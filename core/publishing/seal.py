"""A seal: a text file that says its own hash, so that an edit by hand shows.

Where a target only keeps files, nothing else tells who wrote them last. The hash is taken of
the whole text with the seal itself blanked, so it needs no memory of ours, survives copying
and history rewriting, and is the same for the same bytes. It guards against accidents, not
against a forger.
"""

import hashlib
import re

BLANK = "0" * 64
"""Stands where the seal will: `<meta name="galley-seal" content="000...">`, `galley_seal: "000..."`."""

_NAME = re.compile(r"galley[-_]seal")
_SEAL = re.compile(r'galley[-_]seal"?(?:: | content=)"([0-9a-f]{64})"')


def sealed(text: str) -> str:
    """The text with its first blank seal filled in.

    >>> broken(sealed(f'galley_seal: "{BLANK}"\\nwords')), broken(sealed(f'galley_seal: "{BLANK}"\\nwords') + "!")
    (False, True)
    """
    found = _SEAL.search(text)
    if found is None or found[1] != BLANK:
        raise ValueError("the text has no blank seal")
    return text[: found.start(1)] + _hash(text) + text[found.end(1) :]


def broken(text: str) -> bool:
    """Whether a text that was sealed is no longer as we wrote it; False where no seal was ever put."""
    found = _SEAL.search(text)
    if found is None:
        return _NAME.search(text) is not None
    return found[1] != _hash(text[: found.start(1)] + BLANK + text[found.end(1) :])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
