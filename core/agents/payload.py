"""The payload: an approved draft as the one article that every target and every export renders."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from core.agents.pictures import drawn
from core.errors import PublishError
from core.judging.gate import open_claims
from core.models import Article, Brief, Details, Draft, Passage, Publication, Scorecard, Source, Update
from core.publishing.article import assemble, slugify
from core.retrieval.words import STOP_WORDS
from core.settings import Settings
from core.store import Store
from core.store.database import now

NO_TAG = set("worth good better best really cost costs work works need needs help helps".split())  # noqa: SIM905
"""Words of questions that name no subject: a phrase ends before them."""
NOBODY = ("you", "command line", "autopilot")
"""Who approved, where that is no name to print: whoever sat at this machine."""


def article_for(
    draft: Draft, row: Publication | None, *, store: Store, brief: Brief, settings: Settings, by: str, reason: str,
    note: str = "", canonical_url: str | None = None,
) -> Article:  # fmt: skip
    """The payload of a draft: what every target and every export renders.

    Args:
        row: its publication, when it has one: keeps dates and the changelog.
        reason: why claims that are not supported may go out; empty when there are none.
        note: what changed since what stands there, for the changelog.
        canonical_url: the address to name as the original.

    Raises:
        PublishError: claims are not supported and there is no reason; or the draft was never judged.
    """
    scores = store.drafts.scores(draft.id)
    if scores is None:
        raise PublishError("This draft was never judged.", remedy="Save it again, so that it is judged first.")
    card, answer = scores
    failed = [sentence.id for sentence in open_claims(draft)]
    if (failed or not answer.passed) and not reason.strip():
        raise PublishError(
            f"{len(failed)} of the article's sentences not supported, and nobody has said why to publish all the same.",
            remedy="Repair or cut what is not supported, or publish with a reason.",
        )
    passages = store.passages.passages(c.passage_id for s in draft.sentences for c in s.citations)
    sources = _as_cited(passages, store)
    article = assemble(
        draft, key=row.key if row else key_of(draft.run_id), passages=passages, sources=sources, scorecard=card,
        method=_method(card, brief, settings), verified_at=now(),
        published_at=(row.published_at if row else None) or now(), modified_at=now(), phrases=_phrases(brief.topic),
        overrides=dict.fromkeys(failed, reason), below_gate=() if answer.passed else (reason,),
        updates=_updates(draft, row, note), language=brief.language, approved_by="" if by in NOBODY else by,
    )  # fmt: skip
    article = _with(article, store.publications.details(draft.run_id), canonical_url)
    return article if article.cover else replace(article, cover=drawn(article.title, settings))


def _as_cited(passages: Mapping[int, Passage], store: Store) -> dict[int, Source]:
    """The cited sources with the text that is cited: a page that was read again since has another one by now."""
    sources = store.sources.many(p.source_id for p in passages.values())
    for passage in sorted(passages.values(), key=lambda p: p.snapshot_id):
        source = sources[passage.source_id]
        if source.snapshot_id != passage.snapshot_id:
            snapshot = store.sources.snapshot(passage.snapshot_id)
            sources[source.id] = replace(
                source, snapshot_id=snapshot.id, text_hash=snapshot.text_hash, fetched_at=snapshot.fetched_at
            )
    return sources


def key_of(run_id: str) -> str:
    """The idempotency key of a run's article: the same in every target and version."""
    return f"galley-{run_id}"


def _with(article: Article, details: Details, canonical_url: str | None) -> Article:
    """The article with what a person set in place of what Galley chose."""
    return replace(
        article, slug=slugify(details.slug) if details.slug else article.slug, dek=details.dek or article.dek,
        tags=details.tags or article.tags, seo_title=details.seo_title, description=details.description,
        canonical_url=canonical_url, cover=details.cover,
    )  # fmt: skip


def _updates(draft: Draft, row: Publication | None, note: str) -> tuple[Update, ...]:
    """The changelog: a line for each version that followed the first."""
    if row is None:
        return ()
    told = bool(row.updates) and row.updates[-1].text == note.strip()  # in the first phase of the same decision
    if not row.version or (row.draft_id == draft.id and (told or not note.strip())):
        return row.updates
    return (*row.updates, Update(at=now(), text=note.strip() or draft.note or "The text was revised."))


def _phrases(topic: str) -> list[str]:
    """Tags: the topic's phrases of two words and more, else its longer words."""
    words = [word.strip("?!.,;:()“”\"'").lower() for word in topic.split()]
    phrases = [" ".join(run) for is_stop, run in groupby(words, key=(NO_TAG | STOP_WORDS).__contains__) if not is_stop]
    long = [phrase for phrase in phrases if " " in phrase]
    return long or [phrase for phrase in phrases if len(phrase) > 3]


def _method(card: Scorecard, brief: Brief, settings: Settings) -> str:
    writer, checker = (brief.models.get(role) or settings.model_for(role) for role in ("writer", "judge"))
    judged = f"{card.claims} sentences were judged one by one against the passages they cite"
    if writer == "extractive":
        return f"Composed from the sources' own sentences; no language model was used. {judged}."
    helped = "" if checker == "extractive" else f", the doubtful ones by {checker}"
    return f"Written by {writer} from stored passages. {judged}{helped}."
