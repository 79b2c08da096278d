"""A person's words about a plan, as far as they can be followed without a model.

Understood: add, drop, more or less on, shorter or longer, rename, put first or last, keep
only, a new title. Whatever else is said becomes a question about its key words, so that no
remark is lost in silence.
"""

import re
from collections.abc import Sequence

from core.language.composing.facets import asked as facets_asked
from core.language.composing.sections import PossibleSection, keywords, section_for, sentence_case
from core.language.composing.terms import content
from core.language.composing.topics import Topic, understand
from core.language.tasks import PlanAnswer, PlanInput, PlannedQuestion

MOST = 8
_CLAUSES = re.compile(
    r"(?:[.;\n]+|,?\s+(?:and then|then|and also|also)\s+|,\s+(?=(?:add|drop|remove|rename|more|less|put|move|"
    r"include|cut|delete|no|without)\b)|\s+and\s+(?=(?:add|drop|remove|rename|put|move|include|"
    r"cut|delete|more on|"
    r"less on|make it)\b))",
    re.IGNORECASE,
)
_WHAT = (
    r"(?:an? |the |some )?(?:new )?(?:section|question|part|chapter|bit|something|more|anything)?\s?"
    r"(?:on|about|for|called|titled|covering|regarding)?\s*"
)
_RENAME = re.compile(
    r"^(?:please )?(?:rename|change|call)\s+(?:the )?(?:section "
    r")?[\"“']?(?P<old>.+?)[\"”']?\s+(?:to|into|as|->|→)\s+[\"“']?(?P<new>.+?)[\"”']?$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^(?:please )?(?:change |set |make |use )?(?:the )?title(?: should be| to be| to| is|"
    r":)?\s+[\"“']?(?P<new>.+?)[\"”']?$",
    re.IGNORECASE,
)
_DROP = re.compile(
    r"^(?:please )?(?:(?:i |we )?(?:do not|don['’]t|am not) (?:care|need|want|interested)(?: about| in)?|"
    r"drop|remove|delete|cut|skip|omit|leave out|without|no|less(?: on| about)?|"
    r"not|don't (?:write|talk) about|get rid of)\s+(?:the )?(?:section |question |part )?(?:on |"
    r"about )?(?P<what>.+)$",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"^(?:please )?(?:only|just|keep only|focus (?:only )?on|concentrate on)\s+(?P<what>.+)$", re.IGNORECASE
)
_FIRST = re.compile(
    r"^(?:please )?(?:(?:put|move|start with|begin with|open with)\s+)?(?:the "
    r")?(?P<what>.+?)(?:\s+(?:section|part|question))?\s+(?:first|to the (?:top|front|start|"
    r"beginning)|at the (?:top|start|beginning))$|^(?:please )?(?:start|begin|open) with (?:the "
    r")?(?P<with>.+)$",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"^(?:please )?(?:(?:put|move)\s+)?(?:the )?(?P<what>.+?)(?:\s+(?:section|part|"
    r"question))?\s+(?:last|to the end|at the end|to the bottom)$|^(?:please )?(?:end|finish|"
    r"close) with (?:the )?(?P<with>.+)$",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^(?:please )?(?:(?:put|move)\s+)?(?:the )?(?P<what>.+?)\s+(?P<side>before|after)\s+(?:the "
    r")?(?P<other>.+)$",
    re.IGNORECASE,
)
_ADD = re.compile(
    rf"^(?:please )?(?:add|include|cover|mention|also (?:cover|include)|talk about|write about|"
    rf"go into|more(?: (?:detail|information|depth))?(?: on| about)|expand(?: on)?|i want|i(?:'d|"
    rf" would) like|what about|how about|we need|needs?|missing:?|tell me "
    rf"about)\s+{_WHAT}(?P<what>.+)$",
    re.IGNORECASE,
)
_VOICE = re.compile(
    r"\b(?:nicer|friendl\w+|formal|informal|simpl\w+|easier|tone|funnier|funny|livel\w+|casual|serious|style|language)\b",
    re.IGNORECASE,
)
_SHORTER = re.compile(
    r"\b(?:shorter|fewer (?:sections|questions)|too long|briefer|condense|less long)\b", re.IGNORECASE
)
_LONGER = re.compile(
    r"\b(?:longer|more (?:sections|questions|depth|detail)|too short|deeper)\b(?! on| about)", re.IGNORECASE
)


def applied(asked: PlanInput, fresh: Sequence[PossibleSection]) -> PlanAnswer:
    """The previous plan with the feedback worked in; `fresh` is what a new plan would hold.

    Instructions that name no section of the plan add one.
    """
    assert asked.previous is not None
    topic = understand(asked.topic)
    title = asked.previous.title
    rows = [
        PlannedQuestion(section=q.section, question=q.text, queries=list(q.queries)[:4])
        for q in asked.previous.questions
        if q.use
    ]
    done: list[str] = []
    for clause in (part.strip(" ,\"“”'!?") for part in _CLAUSES.split(asked.feedback)):
        if not content(clause):
            continue
        retitled = _TITLE.match(clause)
        if retitled:
            title = sentence_case(retitled["new"])[:90]
            done.append("title changed")
        else:
            rows, note = _follow(clause, rows, topic, fresh)
            done.append(note)
    rows = rows[:MOST] or [_new(topic.text, topic)]
    return PlanAnswer(title=title, questions=rows, why=("After your remarks: " + "; ".join(done) + ".") if done else "")


def _follow(
    clause: str, rows: list[PlannedQuestion], topic: Topic, fresh: Sequence[PossibleSection]
) -> tuple[list[PlannedQuestion], str]:
    """One instruction worked into the rows, and what was done about it."""
    if match := _RENAME.match(clause):
        index = _find(match["old"], rows)
        if index is not None:
            new = sentence_case(match["new"])
            rows[index] = rows[index].model_copy(update={"section": new})
            return rows, f"renamed to {new!r}"
    if match := _FIRST.match(clause):
        return _moved(match["what"] or match["with"], rows, topic, 0)
    if match := _LAST.match(clause):
        return _moved(match["what"] or match["with"], rows, topic, len(rows))
    if match := _BEFORE.match(clause):
        one, other = _find(match["what"], rows), _find(match["other"], rows)
        if one is not None and other is not None and one != other:
            row = rows.pop(one)
            place = rows.index(next(r for r in rows if r is not row and _find(match["other"], rows) == rows.index(r)))
            rows.insert(place + (match["side"].lower() == "after"), row)
            return rows, f"{row.section!r} moved"
    if match := _ONLY.match(clause):
        kept = [i for part in re.split(r",|\band\b", match["what"]) if (i := _find(part, rows)) is not None]
        if kept:
            return [rows[i] for i in sorted(set(kept))], "kept only what you named"
    if match := _DROP.match(clause):
        indexes = {i for part in re.split(r",|\band\b|\bor\b", match["what"]) if (i := _find(part, rows)) is not None}
        if indexes and len(indexes) < len(rows):
            names = ", ".join(repr(rows[i].section) for i in sorted(indexes))
            return [row for i, row in enumerate(rows) if i not in indexes], f"dropped {names}"
        return rows, f"nothing in the plan to drop for {match['what']!r}"
    if _SHORTER.search(clause) and len(rows) > 2:
        return rows[:-1] if len(rows) <= 4 else rows[:-2], "fewer sections"
    if _LONGER.search(clause):
        extra = [d for d in fresh if _find(d.heading, rows) is None][:2]
        added = [PlannedQuestion(section=d.heading, question=d.question, queries=list(d.queries)) for d in extra]
        return rows + (added or [_new("open questions", topic)]), "more sections"
    match = _ADD.match(clause)
    if match is None and _VOICE.search(clause):
        return rows, f"{clause!r}: the sources' own sentences are used, so their tone stays"
    what = match["what"] if match else clause
    return _added(what, rows, topic)


def _added(what: str, rows: list[PlannedQuestion], topic: Topic) -> tuple[list[PlannedQuestion], str]:
    what = what.strip(" .,\"“”'")
    index = _find(what, rows, strict=True)
    if index is not None:
        row = rows[index]
        more = " ".join(dict.fromkeys(f"{keywords(topic)} {what}".split()))
        rows[index] = row.model_copy(update={"queries": list(dict.fromkeys([*row.queries, more]))[:4]})
        return rows, f"searching further for {row.section!r}"
    new = _new(what, topic, rows)
    return [*rows[: MOST - 1], new], f"added {new.section!r}"


def _moved(what: str, rows: list[PlannedQuestion], topic: Topic, place: int) -> tuple[list[PlannedQuestion], str]:
    index = _find(what, rows)
    if index is None:
        new = _new(what, topic)
        rows.insert(place, new)
        return rows, f"added {new.section!r}"
    row = rows.pop(index)
    rows.insert(min(place, len(rows)), row)
    return rows, f"{row.section!r} {'first' if place == 0 else 'last'}"


def _new(what: str, topic: Topic, rows: Sequence[PlannedQuestion] = ()) -> PlannedQuestion:
    """A question about a person's phrase; a facet's own words where the phrase names one alone."""
    facets = facets_asked(what)
    if len(facets) == 1 and len(content(what)) == 1:
        draft = section_for(facets[0], topic)
        if all(row.question != draft.question for row in rows):
            return PlannedQuestion(section=draft.heading, question=draft.question, queries=list(draft.queries))
    phrase = " ".join(what.strip(" .?!").split()[:12])
    asks = re.match(r"(?:how|why|what|when|where|which|who|does|do|is|are|can|should)\b", phrase, re.IGNORECASE)
    heading = sentence_case(" ".join(phrase.split()[:6]))
    question = sentence_case(phrase) + "?" if asks else f"What is known about {phrase} with regard to {topic.subject}?"
    query = " ".join(dict.fromkeys([*keywords(topic).split(), *(w for w in phrase.split() if content(w))]))
    return PlannedQuestion(section=heading, question=question, queries=[query or phrase])


def _find(what: str | None, rows: Sequence[PlannedQuestion], *, strict: bool = False) -> int | None:
    """The row a phrase names: by number, by words of its heading, then (unless `strict`) by question or facet."""
    if not what:
        return None
    what = what.strip(" .,\"“”'")
    numbered = re.fullmatch(r"(?:section |question |number |no\.? |#)?(\d)", what, re.IGNORECASE)
    if numbered and 1 <= int(numbered[1]) <= len(rows):
        return int(numbered[1]) - 1
    wanted = set(content(what))
    if not wanted:
        return None
    fits = [len(wanted & set(content(row.section))) / len(wanted) for row in rows]
    if max(fits, default=0) >= 0.5:
        return fits.index(max(fits))
    if strict:
        return None
    asked = [len(wanted & set(content(row.question))) / len(wanted) for row in rows]
    if max(asked, default=0) >= 0.99:
        return asked.index(max(asked))
    facets = facets_asked(what)
    for index, row in enumerate(rows):
        if facets and set(facets) & set(facets_asked(row.section)):
            return index
    return None
