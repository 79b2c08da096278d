"""Themes: what several samples have in common beside the topic itself and the usual facets.

A theme is a noun phrase of two words or more, or two nouns that a title or heading joins
("Light and darkness"). It stands in a heading, and at least three samples speak of it in
sentences on the topic. One word alone never is one: words are too general to carry a section.
"""

import re
from collections.abc import Sequence

from core.language.composing.english import STOP_WORDS, VERBS
from core.language.composing.facets import FACETS
from core.language.composing.first_look import FirstLook
from core.language.composing.phrases import WEAK, Phrase
from core.language.composing.terms import content, stem
from core.language.composing.topics import Topic

MOST = 3
_JOINED = re.compile(r"\b([a-z]{4,}) and ([a-z]{4,})\b")


def themes(topic: Topic, seen: FirstLook, found: Sequence[Phrase]) -> list[str]:
    """Up to three themes, the most spoken of first.

    Args:
        found: key phrases of the samples.
    """
    closed = set(content(topic.text)) | {stem(head) for facet in FACETS for head in facet.heads}
    rows: list[tuple[float, str, frozenset[str]]] = []
    for phrase in found:
        own = frozenset(phrase.stems)
        if len(own) > 1 and not own & closed and phrase.text.islower() and phrase.titled:
            holders = {one.document for one in seen.looks if own <= one.terms}
            rows.append((len(holders) + 0.5 * min(4, phrase.titled), phrase.text, own))
            if len(holders) < seen.few:
                rows.pop()
    rows += _joined(seen, closed)
    kept: list[tuple[str, frozenset[str]]] = []
    for _, text, own in sorted(rows, key=lambda row: (-row[0], row[1])):
        if not any(own & other for _, other in kept):
            kept.append((text, own))
    return [text for text, _ in kept[:MOST]]


def _joined(seen: FirstLook, closed: set[str]) -> list[tuple[float, str, frozenset[str]]]:
    """Pairs such as `light and darkness` from titles and headings, both spoken of by three samples."""
    rows = []
    for text in seen.texts:
        lines = [line.lstrip("# ") for number, line in enumerate(text.splitlines()) if number == 0 or line[:1] == "#"]
        for match in (m for line in lines for m in _JOINED.finditer(line.lower())):
            one, other = stem(match[1]), stem(match[2])
            dull = {match[1], match[2]} & (STOP_WORDS | VERBS | WEAK)
            if dull or {one, other} & closed:
                continue
            spread = [{look.document for look in seen.looks if s in look.terms} for s in (one, other)]
            if min(map(len, spread)) >= seen.few:
                rows.append((min(map(len, spread)) + 0.5, match.group(), frozenset((one, other))))
    return rows
