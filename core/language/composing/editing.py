"""Remarks of an editor who goes by rules, on one section: slips of the pen, hype, hedges, openings that repeat.

Sentences that are quoted word for word must stay word for word, so most notes only remark
(their text equals the old one). The safe mechanical repairs are doubled words and spacing, and those only where
the passage does not read the same way. What a house may decide for itself, and what can only be seen of the whole
article (length, words to avoid, spelling, acronyms), is checked with the house style.
"""

import re

from core.language.composing.english import WORD
from core.language.composing.plain import normalise, verbatim
from core.language.tasks import EditAnswer, EditInput, EditNote

MOST = 12
_DOUBLE = re.compile(r"\b([A-Za-z]{2,})\s+\1\b", re.IGNORECASE)
_MEANT = frozenset({"had", "that"})
_HYPE = re.compile(
    r"\b(?:revolutionary|game[- ]chang\w+|cutting[- ]edge|world[- ]class|amazing|incredible|"
    r"stunning|unbeatable|"
    r"groundbreaking|state[- ]of[- ]the[- ]art|unparalleled|ultimate|miracle|magical|"
    r"skyrocket\w*|seamless\w*|"
    r"best[- ]in[- ]class|must[- ]have|unique|perfect|simply the best|no[- ]brainer|huge|"
    r"massive|dramatic(?:ally)?)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:it (?:is|has been) (?:said|believed|thought|claimed|suggested|argued|reported) that|"
    r"arguably|sort of|"
    r"kind of|in some sense|to some extent|is (?:thought|believed|said|considered) to)\b",
    re.IGNORECASE,
)
_MARKERS = re.compile(r"(?:\s*\[\d+\])+\s*$")


def remarks(given: EditInput) -> EditAnswer:
    """Notes on a section, in the order of its sentences, twelve at most."""
    notes: list[EditNote] = []
    openings: list[str] = []
    for number, sentence in enumerate(given.sentences):
        text = _MARKERS.sub("", sentence)
        passage = given.passages[number] if number < len(given.passages) else ""
        notes += _notes(number, text, passage)
        opening = " ".join(WORD.findall(text.lower())[:2])
        openings.append(opening)
        if opening and openings[-3:] == [opening] * 3:
            notes.append(_remark(number, "style", text, f"Third sentence in a row to open with “{opening}”."))
    return EditAnswer(notes=notes[:MOST])


def _notes(number: int, text: str, passage: str) -> list[EditNote]:
    notes = []
    mended = _mended(text, passage)
    if mended != text:
        notes.append(
            EditNote(sentence=number, kind="style", text=mended, why="A slip of the pen: doubled word or spacing.")
        )
    if hype := _HYPE.search(text):
        notes.append(_remark(number, "tone", text, f"“{hype.group()}” sells rather than tells."))
    if hedge := _HEDGE.search(text):
        notes.append(_remark(number, "hedging", text, f"“{hedge.group()}”: say who, or say it plainly."))
    return notes


def _mended(text: str, passage: str) -> str:
    """Doubled words and spacing put right, unless the source has them so."""
    mended = _DOUBLE.sub(lambda m: m.group() if m.group(1).lower() in _MEANT else m.group(1), text)
    mended = re.sub(r"[ \t]{2,}", " ", mended)
    mended = re.sub(r"\s+([,;:.!?])(?=\s|$)", r"\1", mended)
    if normalise(mended) != normalise(text) and passage and verbatim(text, passage):
        return text
    return mended


def _remark(number: int, kind: str, text: str, why: str) -> EditNote:
    return EditNote.model_validate({"sentence": number, "kind": kind, "text": text, "why": why})
