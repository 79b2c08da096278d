"""A failed sentence replaced by what the passage really says.

The replacement is the sentence of the passages that is most about the same thing; where
none is, the sentence is cut. For a conflict one sentence of each source is given, so that
both stand.
"""

from core.language.composing.candidates import units
from core.language.composing.extracts import Extract, extracts
from core.language.composing.facts import same_fact
from core.language.composing.section import marked
from core.language.composing.sketch import sketch
from core.language.composing.terms import coverage, idf, likeness
from core.language.tasks import RewriteInput
from core.models import EvidenceItem, Passage

CUT = "CUT"
ABOUT = 0.34
"""Share of the failed sentence's weighted content words that a replacement must hold."""


def rewrite(given: RewriteInput) -> str:
    """The best sentence of the passages with its marker, two lines for a conflict, or `CUT`."""
    failed = sketch(_without_markers(given.sentence))
    found = extracts(_items(given.passages))
    weights = idf([extract.terms for extract in found])
    around = [sketch(_without_markers(text)) for text in (given.before, given.after) if text.strip()]
    known = failed.terms.union(*(other.terms for other in around)) if around else failed.terms
    fitting = []
    for unit in units(found, known):
        if len(unit.extracts) > 1 or any(same_fact(unit.first, other) for other in around):
            continue
        about = coverage(failed.terms, unit.first.terms, weights)
        if about >= ABOUT:
            named = likeness(failed.names, unit.first.names) if failed.names else 0.5
            fitting.append((about + 0.2 * named, unit.first))
    fitting.sort(key=lambda pair: (-pair[0], pair[1].number, pair[1].place))
    if not fitting:
        return CUT
    first = fitting[0][1]
    if given.conflict:
        second = next((extract for _, extract in fitting if extract.source != first.source), None)
        if second is not None:
            return "\n".join([_line(first), _line(second)])
    return _line(first)


def _line(extract: Extract) -> str:
    return f"{extract.text} {marked((extract.number,))}"


def _items(passages: tuple[tuple[int, str], ...]) -> list[EvidenceItem]:
    """Passages given as text alone, each taken as a source of its own."""
    return [
        EvidenceItem(
            number=number,
            passage=Passage(id=number, source_id=number, snapshot_id=number, start=0, end=len(text), text=text),
            score=1.0,
        )
        for number, text in passages
    ]


def _without_markers(text: str) -> str:
    head, _, tail = text.partition("[")
    return head.strip() if tail else text.strip()
