"""A section composed from the sentences of its evidence.

Sentences are taken, never made: each is a sentence of the passage it cites, mark-up aside.
The one exception is `DISPUTE`, which leads over to two that disagree.
What is decided here is which ones, in which order and in which paragraphs.
"""

from collections.abc import Mapping, Sequence

from core.language.composing.aims import Aim, aim, aims, answers_topic, owned, weights_of
from core.language.composing.candidates import Unit, units
from core.language.composing.extracts import extracts
from core.language.composing.facts import same_fact
from core.language.composing.general import generality
from core.language.composing.openings import Leaning
from core.language.composing.order import Strand, arrange
from core.language.composing.relevance import relevance
from core.language.composing.selection import choose
from core.language.composing.sketch import sketch
from core.language.composing.subject import on_subject
from core.language.composing.terms import idf
from core.language.tasks import WriteInput
from core.models import DISPUTE

OFF_THE_POINT = 0.4
"""Share of the best paragraph's fit below which a paragraph is left out, however high it was ranked."""
OPENS = 0.7
"""Share of the best sentence's score from which a sentence may open the section."""
LEAST_WORDS = 60
"""Of a section whose evidence all fits other sections better."""


def compose(section: WriteInput) -> str:
    """The section's prose: a sentence a line with its markers, blank lines between paragraphs.

    Empty when the evidence holds no sentence that may stand, or only such as fit other sections
    better: the caller says so to the reader.
    """
    items = section.evidence.used
    found = on_subject(extracts(items), section.topic)
    all_aims, position = _aims(section)
    wanted = all_aims[position]
    candidates = _untaken(units(found, wanted.topic | wanted.own), section.taken)
    weights = idf([extract.terms for extract in found])
    aim_weights = weights_of(all_aims)
    best = max((item.score for item in items), default=0.0)
    scores = {id(extract): relevance(extract, wanted, weights, aim_weights, best) for extract in found}
    mine, free = owned(found, all_aims, position, aim_weights)
    least = OFF_THE_POINT * max(mine.values(), default=0.0)
    own = [unit for unit in candidates if all(mine.get(id(extract), -1.0) >= least for extract in unit.extracts)]
    left = [unit for unit in own if not any(answers_topic(extract, wanted) for extract in unit.extracts)]
    if not wanted.facets:
        left = own  # a section on a theme, or on one thing of the topic's list: what opens its source is its matter
    spare = [unit for unit in candidates if all(id(extract) in free for extract in unit.extracts)]
    rivals = [unit.first for unit in candidates if len(unit.extracts) == 1 and unit.first.numbers]
    # Better to take what the introduction wants, or what no section wants, than to say nothing.
    for possible, words in ((left, section.words), (own, section.words), (spare, LEAST_WORDS)):
        opening = _opening(possible, scores, wanted, aim_weights)
        chosen = choose(possible, scores, words, weights, opening, rivals)
        if chosen:
            return prose(arrange(chosen, weights, opening.first if opening else None))
    return ""


def _opening(
    possible: Sequence[Unit], scores: Mapping[int, float], wanted: Aim, aim_weights: dict[str, float]
) -> Unit | None:
    """The most general sentence that stands by itself, among those that fit the section well."""
    alone = [unit for unit in possible if len(unit.extracts) == 1 and unit.leaning is Leaning.NONE]
    best = max((scores[id(unit.first)] for unit in alone), default=0.0)
    fitting = [unit for unit in alone if scores[id(unit.first)] >= OPENS * best]
    return max(
        fitting,
        key=lambda u: (generality(u.first, wanted, aim_weights) + scores[id(u.first)], -u.first.number, -u.first.place),
        default=None,
    )


def prose(paragraphs: Sequence[Sequence[Strand]]) -> str:
    """Paragraphs as text: one sentence a line, markers at its end, a blank line between paragraphs."""
    blocks = []
    for paragraph in paragraphs:
        lines = []
        for strand in paragraph:
            if strand.disputed:
                lines.append(DISPUTE)
            lines += [f"{line.extract.text} {marked(line.markers)}" for line in strand.lines]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def marked(numbers: Sequence[int]) -> str:
    """Evidence numbers as markers: `[3][8]`."""
    return "".join(f"[{number}]" for number in dict.fromkeys(numbers))


def _aims(section: WriteInput) -> tuple[list[Aim], int]:
    """All sections' aims and this section's place; just its own where the outline does not say."""
    own = aim(section.topic, section.section, section.question)
    outline = section.outline
    if not 0 <= section.position < len(outline) or outline[section.position] != section.section:
        return [own], 0
    found = aims(section.topic, outline, section.questions)
    if not section.questions:
        # Only the headings are known of the others: this one is compared by its heading too.
        found[section.position] = aim(section.topic, section.section, "")
    return found, section.position


def _untaken(candidates: list[Unit], taken: Sequence[str]) -> list[Unit]:
    if not taken:
        return candidates
    others = [sketch(text) for text in taken]
    return [unit for unit in candidates if not any(same_fact(e, other) for e in unit.extracts for other in others)]
