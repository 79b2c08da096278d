"""Leaving out what a reasoning model thinks aloud.

Some local models put their reasoning before the answer as `<think>...</think>`. It is no
part of the answer, whole or streamed.
"""

import re

_OPEN, _CLOSE = "<think>", "</think>"
_BLOCK = re.compile(r"^\s*<think>.*?(?:</think>\s*|$)", re.DOTALL)


def without_thinking(text: str) -> str:
    """The text after a leading think block; one that never ends takes all.

    >>> without_thinking("<think>hm</think>Yes.")
    'Yes.'
    """
    # A template may open the block itself, so that only its end is in the answer.
    if not text.lstrip().startswith(_OPEN) and _CLOSE in text:
        return text.split(_CLOSE, 1)[1].lstrip()
    return _BLOCK.sub("", text, count=1)


class SpokenPart:
    """The same for a stream: `feed` pieces, get back what may be shown.

    Holds text back only while it may still be the tag `<think>` or stands inside the block.
    """

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    def feed(self, piece: str) -> str:
        if self._state == "speaking":
            return piece
        self._held += piece
        if self._state == "start":
            begun = self._held.lstrip()
            if begun.startswith(_OPEN):
                self._state = "thinking"
            elif _OPEN.startswith(begun):
                return ""
            else:
                return self._speak(begun)
        if _CLOSE in self._held:
            rest = self._held.split(_CLOSE, 1)[1].lstrip()
            self._state = "after"
            self._held = rest
        if self._state == "after" and self._held.strip():
            return self._speak(self._held.lstrip())
        return ""

    def _speak(self, text: str) -> str:
        self._state, self._held = "speaking", ""
        return text

    def end(self) -> str:
        """What was still held when the stream ended and is no thought."""
        return self._held if self._state == "start" else ""
