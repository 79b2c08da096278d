"""The researcher: one question -> pages read and kept; all questions -> evidence.

Researchers work side by side, one a question. A page that two of them find is read once.
A page that fails or does not fit is replaced by the next hit; texts that repeat each other count once.
What is not of the dates, kinds and languages the brief asks for is kept and noted, but never evidence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from core.agents.asking import further_queries, guesses
from core.agents.evidence import Gathering, held
from core.agents.pages import AT_ONCE, Enough, read_until
from core.agents.state import RunState, Update
from core.errors import Cancelled, ReadError
from core.events import Kind
from core.holdings import LibrarySearch
from core.judging import conflicts
from core.models import Document, Evidence, Hit, Passage, Question, RunSource, Source, Step
from core.reading.dedupe import duplicates
from core.reading.extract import extract_response
from core.reading.filter import check_site, relevance
from core.reading.web import Response
from core.retrieval.words import content_words, stems
from core.runtime import Context

HITS = 40
"""Hits asked for per question: library hits are all taken, and of web hits some fail, some repeat, some do not fit."""

ON_TOPIC = 0.5
"""Share of the topic's words that must stand somewhere in the evidence: foreign topics share one word in four."""

SOMETHING = 0.3
"""Likelihood that one question at least must have for a run to write at all. A thin question is searched on and told;
a run is given up only where nothing speaks to it. On the sample library eight foreign topics stay below 0.28 with all
their questions, and topics it holds have one above 0.55; a library of one short page reaches 0.31 to 0.40."""

_IN_ANY_CASE = "Paste its address into the brief to have it read in any case."
_LET_GO = "It answered too slowly; enough other pages were read meanwhile."

PASSES = 2
"""Searches after the first, at most; a pass that puts no new passage before the writer is the last."""

MOST_COMPARED = 1_500
"""Passages compared for disagreements, in the order their sources were kept."""


def research(state: RunState, context: Context) -> Update:
    """Search and read for one question of the plan."""
    plan = context.store.plans.get(state.plan_id)
    question = next(q for q in plan.questions if q.id == state.question_id)
    read_for(question, [*question.queries, question.text], context)
    return {}


def read_for(question: Question, queries: list[str], context: Context) -> int:
    """Search with these queries and read the best hits; returns how many pages were kept.

    What the library holds is taken as it is found; pages of the web are fetched until enough are kept.
    """
    context.emit(
        Kind.SEARCHING, Step.RESEARCH, question_id=question.id, section=question.section, queries=queries,
        engines=list(context.searcher.names),
    )  # fmt: skip
    wanted = context.settings.pages_per_question
    with context.span(f"search: {question.section}", "TOOL", input="; ".join(queries)) as span:
        found = context.searcher.search(queries, limit=HITS, cancelled=context.stopped)
        span.output([hit.url for hit in found.hits])
    for engine, error in found.failures.items():
        context.emit(Kind.ENGINE_DOWN, Step.RESEARCH, engine=engine, message=error.message, remedy=error.remedy)
    pasted = [Hit(url=url, engine="pasted", query=question.text) for url in context.brief.urls]
    engines: dict[str, int] = {}
    for hit in found.hits:
        engines[hit.engine] = engines.get(hit.engine, 0) + 1
    context.emit(
        Kind.FOUND, Step.RESEARCH, question_id=question.id, hits=len(found.hits) + len(pasted), engines=engines
    )
    kept = sum(context.map(lambda hit: _read(hit, question, context), pasted, at_once=AT_ONCE))
    ours = [hit for hit in found.hits if hit.snapshot_id is not None]
    kept += sum(_read(hit, question, context) for hit in [*ours, *_not_asked_for(queries, context)])
    others = [hit for hit in found.hits if hit.snapshot_id is None]
    return kept + read_until(wanted, others, lambda hit, enough: _read(hit, question, context, enough))


def _not_asked_for(queries: list[str], context: Context) -> list[Hit]:
    """What the library holds on it outside the brief's dates, kinds and languages: looked at to be told, not used."""
    if "library" not in context.searcher.names:
        return []
    library = LibrarySearch(context.holdings, context.brief)
    return list({hit.url: hit for query in queries for hit in library.outside(query, HITS)}.values())


@dataclass(frozen=True)
class _Outcome:
    status: str
    reason: str = ""
    source: Source | None = None

    @property
    def let_go(self) -> bool:
        """Whether one question had enough without it; another one may still want it."""
        return self.reason == _LET_GO


def _read(hit: Hit, question: Question, context: Context, enough: Enough = lambda: False) -> bool:
    """Read one hit, or take it from what was read before; True when it serves this question."""
    while True:
        context.check()
        outcome = context.once(
            f"read {hit.url}", lambda: _fetch(hit, question, context, enough), keep=lambda read: not read.let_go
        )
        if not outcome.let_go or enough():
            break
    source = outcome.source
    context.store.sources.note(
        context.run_id,
        RunSource(
            url=hit.url, title=source.title if source else hit.title, question_id=question.id,
            engine=hit.engine, query=hit.query, rank=hit.rank, status=outcome.status, reason=outcome.reason,
            source_id=source.id if source else None, snapshot_id=source.snapshot_id if source else None,
        ),
    )  # fmt: skip
    return outcome.status == "read"


def _fetch(hit: Hit, question: Question, context: Context, enough: Enough) -> _Outcome:
    before = _before_a_crash(hit, context)
    if before:
        return before
    queries = [question.text, *question.queries]
    try:
        source = _source(hit, queries, context, enough)
        if source.id in context.left_out.sources:
            raise ReadError("left out in this branch", remedy="Nothing to do: a person said so.")
    except ReadError as error:
        context.emit(
            Kind.SKIPPED, Step.RESEARCH, question_id=question.id, url=hit.url, title=hit.title,
            reason=error.message,
        )  # fmt: skip
        return _Outcome("skipped", error.message)
    if outside := context.brief.outside(source):
        context.emit(
            Kind.SKIPPED, Step.RESEARCH, question_id=question.id, url=source.url, title=source.title,
            reason=outside.capitalize(),
        )  # fmt: skip
        return _Outcome("outside", outside, source)
    for flag in source.flags:
        context.emit(
            Kind.FLAGGED, Step.RESEARCH, source_id=source.id, title=source.title, flag=flag.kind, note=flag.note
        )
    context.emit(
        Kind.READ, Step.RESEARCH, question_id=question.id, source_id=source.id, title=source.title,
        url=source.url, words=source.words,
    )  # fmt: skip
    return _Outcome("read", "", source)


def _before_a_crash(hit: Hit, context: Context) -> _Outcome | None:
    item = context.store.sources.in_run(context.run_id, hit.url)
    if item is None:
        return None
    source = context.store.sources.get(item.source_id) if item.source_id else None
    before = _Outcome(item.status, item.reason, source)
    return None if before.let_go else before


def _source(hit: Hit, queries: list[str], context: Context, enough: Enough) -> Source:
    """The hit's text, kept. A library hit is held already; a page is fetched, checked and kept.

    Raises:
        ReadError: it cannot be read, or says nothing about the question.
    """
    if hit.snapshot_id is not None:
        source = context.store.sources.by_url(hit.url)
        if source is not None:
            return source
    with context.span("read page", "TOOL", input=hit.url) as span:
        page = _page(hit, context, enough)
        check_site(
            page.url,
            allow=(*context.brief.allow, *context.settings.allow),
            deny=(*context.brief.deny, *context.settings.deny),
        )
        document: Document = extract_response(page)
        span.output(document.title)
    fit = relevance(
        document.text, title=document.title, queries=queries, language=document.language or context.brief.language
    )
    if hit.engine != "pasted" and not fit.relevant:
        raise ReadError(fit.reason, remedy="Nothing to do: the next hit takes its place.")
    return context.holdings.keep(document)


def _page(hit: Hit, context: Context, enough: Enough) -> Response:
    """
    Raises:
        ReadError: it cannot be read, or not before there were enough others, or it has no end.
        Cancelled
    """
    deadline_s = context.settings.page_deadline_s
    try:
        page = context.client.get(hit.url, deadline_s=deadline_s, cancelled=lambda: context.stopped() or enough())
    except Cancelled:
        if context.stopped():
            raise
        raise ReadError(_LET_GO, remedy=_IN_ANY_CASE) from None
    if page.truncated and hit.engine != "pasted":
        raise ReadError(
            f"It is longer than {context.settings.page_bytes / 1e6:g} MB, more than an article has.",
            remedy=_IN_ANY_CASE,
        )
    return page


# --- evidence ---------------------------------------------------------------


def gather(state: RunState, context: Context) -> Update:
    """Assemble the evidence of every question from all that was read; search on where it is thin.

    What was found is kept before each search on: whoever takes up one that was cut short asks for the same again,
    which the ledger answers, though pages that it brought are there already.
    """
    questions = [q for q in context.store.plans.get(state.plan_id).questions if q.use]
    gathering, told = Gathering(context), set[int]()
    _collapse(context, told)
    found = _kept(questions, context)
    passes = _passes_before(found, context)
    if not found:
        guessed = guesses(questions, context)
        found = {q.id: gathering.evidence_for(q, (*q.queries, *guessed.get(q.id, ()))) for q in questions}
    for number in range(passes + 1, PASSES + 1):
        again = _search_on(questions, found, context)
        if not again:
            break
        _collapse(context, told)
        fresh = {
            q.id: gathering.evidence_for(q, (*found[q.id].queries, *(again[q.id][0] if q.id in again else ())))
            for q in questions
        }
        new = {id_: _new(found[id_], fresh[id_]) for id_ in fresh}
        found = fresh
        for question in (q for q in questions if q.id in again):
            queries, pages = again[question.id]
            context.emit(
                Kind.SEARCHED_AGAIN, Step.RESEARCH, question_id=question.id, section=question.section, round=number,
                queries=list(queries), pages=pages, passages=new[question.id],
                sufficient=found[question.id].sufficient,
            )  # fmt: skip
        if not any(new.values()):
            break
    _find_conflicts(context)  # what disagrees with a passage stands beside it: chosen anew, from what was found
    found = {q.id: gathering.evidence_for(q, found[q.id].queries) for q in questions}
    opening = gathering.evidence_for(Question(section="Introduction", text=context.brief.topic))
    _keep((*found.values(), opening), context)
    for question in questions:
        evidence = found[question.id]
        context.emit(
            Kind.ASSEMBLED, Step.RESEARCH, question_id=question.id, section=question.section, used=len(evidence.used),
            left_out=len(evidence.items) - len(evidence.used), sufficient=evidence.sufficient, note=evidence.note,
        )  # fmt: skip
    answered = any(evidence.used and (evidence.confidence or 0.0) >= SOMETHING for evidence in found.values())
    return {"evidence": answered and _on_topic(list(found.values()), context)}


def _keep(found: Iterable[Evidence], context: Context) -> None:
    with context.store.database.write():  # all or none: what is taken up stands at one and the same search
        for evidence in found:
            context.store.evidence.put(context.run_id, evidence)


def _kept(questions: Sequence[Question], context: Context) -> dict[int, Evidence]:
    """Question id -> what was found before the search on that was cut short; empty where none was begun."""
    ids = {question.id for question in questions}
    return {one.question_id: one for one in context.store.evidence.of_run(context.run_id) if one.question_id in ids}


def _passes_before(found: Mapping[int, Evidence], context: Context) -> int:
    """How many searches on there were before this was found: its queries are those asked in all of them."""
    told = context.store.events.after(context.run_id, kinds=(Kind.SEARCHED_AGAIN,))
    passes = (e.data for e in told if e.data["question_id"] in found and e.data["queries"])
    return max((p["round"] for p in passes if {*p["queries"]} <= {*found[p["question_id"]].queries}), default=0)


def _search_on(
    questions: Sequence[Question], found: Mapping[int, Evidence], context: Context
) -> dict[int, tuple[tuple[str, ...], int]]:
    """Search for what the thin questions miss: question id -> queries and pages read; empty when none were read."""

    def search(question: Question) -> tuple[tuple[str, ...], int]:
        queries = further_queries(question, found[question.id].queries, found[question.id], context)
        return queries, read_for(question, list(queries), context) if queries else 0

    thin = [question for question in questions if not found[question.id].sufficient]
    if thin:
        _keep(found.values(), context)
    again = {q.id: done for q, done in zip(thin, context.map(search, thin), strict=True)}
    return again if any(pages for _, pages in again.values()) else {}


def _new(before_it: Evidence, after: Evidence) -> int:
    """Passages put before the writer that were not before."""
    return len({item.passage.id for item in after.used} - {item.passage.id for item in before_it.used})


def _collapse(context: Context, told: set[int]) -> None:
    """Texts that repeat each other count once: of each such group the one published first stays.

    Done when all is read, in an order of its own: who was read first is chance. `told` are those said before.
    """
    sources = context.store.sources
    prints = dict(sources.fingerprints(sources.snapshots_of_run(context.run_id)))
    held = sources.many(prints)
    kept: list[Source] = []
    for source in sorted(held.values(), key=lambda s: (s.published or "9", s.id)):
        original = next((one for one in kept if duplicates(prints[one.id], prints[source.id])), None)
        if original is None:
            kept.append(source)
            continue
        sources.change(source.id, duplicate_of=original.id)
        sources.mark_duplicate(context.run_id, source.id, f"says the same as “{original.title}”")
        if source.id in told:
            continue
        told.add(source.id)
        context.emit(
            Kind.DUPLICATE, Step.RESEARCH, source_id=source.id, title=source.title, duplicate_of=original.id,
            of_title=original.title,
        )  # fmt: skip


def _on_topic(gathered: list[Evidence], context: Context) -> bool:
    """Whether the evidence speaks of the topic at all: half of the topic's own words stand in it.

    Questions are made of the topic and of what a plan adds; evidence that fits the addition alone ("price") says
    nothing about the topic ("tin in Zanzibar").
    """
    asked = {stem for found in stems(content_words(context.brief.topic)).values() for stem in found}
    texts = {i.passage.id: f"{i.passage.title} {i.passage.heading} {i.passage.text}" for e in gathered for i in e.used}
    held = {stem for found in stems(content_words(" ".join(texts.values()))).values() for stem in found}
    return not asked or len(asked & held) >= ON_TOPIC * len(asked)


def _find_conflicts(context: Context) -> None:
    """Disagreements among everything read in this run, put before the writer or not."""
    read = held(context)
    every = (passage for snapshot in read.snapshots for passage in context.store.passages.of_snapshot(snapshot))
    passages = {passage.id: passage for passage in islice(every, MOST_COMPARED) if read.clean(passage)}
    found = conflicts.find(list(passages.values()))
    for conflict in context.store.evidence.put_conflicts(context.run_id, found):
        context.emit(
            Kind.CONFLICT, Step.RESEARCH, subject=conflict.subject, kind=conflict.kind,
            first=_side(conflict.first, conflict.first_quote, passages),
            second=_side(conflict.second, conflict.second_quote, passages),
        )  # fmt: skip


def _side(passage_id: int, quote: str, passages: dict[int, Passage]) -> dict[str, object]:
    return {"passage_id": passage_id, "title": passages[passage_id].title, "quote": quote}
