"""The words of Galley as values: small, frozen, typed.

One noun a class; DESIGN's glossary in code. Nothing here does any work. Offsets are
character offsets into a snapshot's text, half-open; scores lie in [0, 1] unless said
otherwise; times are ISO 8601 in UTC; money is US dollars.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# --- the brief and its run ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What the user wants."""

    topic: str
    audience: str = "general reader"
    tone: str = "neutral"
    words: int = 1200
    language: str = "en"
    budget_usd: float | None = None
    autopilot: bool = False
    target: str | None = None
    engines: tuple[str, ...] = ("library",)
    allow: tuple[str, ...] = ()
    """Sites to keep to (host or host suffix); empty means any."""
    deny: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """Addresses the user pasted: always read, whatever the engines find."""
    collections: tuple[str, ...] = ()
    """Library collections to search; empty means all."""
    models: dict[str, str] = field(default_factory=dict)
    """Role -> model, over the settings."""
    max_revisions: int = 3
    gate: float | None = None
    """Faithfulness the gate asks for, over the settings."""


class Status(StrEnum):
    """Where a run stands. The last seven are resting places; `plan` and `review` wait for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    PLAN = "plan"
    REVIEW = "review"
    GATE = "stopped_at_gate"
    NO_EVIDENCE = "no_evidence"
    FINISHED = "finished"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Step(StrEnum):
    """The stages of a run, in the order a person sees them."""

    PLAN = "plan"
    RESEARCH = "research"
    WRITE = "write"
    JUDGE = "judge"
    REVISE = "revise"
    EDIT = "edit"
    REVIEW = "review"
    PUBLISH = "publish"


@dataclass(frozen=True, kw_only=True)
class Fork:
    """Where a run branched off another, and what was changed there."""

    run_id: str
    """The run it branched off."""
    seq: int
    """Number of that run's event with which the step it begins at was started."""
    step: str
    """`plan`, `research`, `write`, `judge`, `edit`, `review`."""
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One brief on its way."""

    id: str
    brief: Brief
    title: str
    status: Status
    step: Step
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    owner: str | None = None
    attempt: int = 0
    cancel: bool = False
    pause: bool = False
    error: dict[str, str] | None = None
    trace_id: str | None = None
    draft_id: int | None = None
    cost_usd: float = 0.0
    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    fork: Fork | None = None
    """None for a run that was begun from its topic."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a plan: becomes one section of the article."""

    id: int = 0
    section: str
    text: str
    queries: tuple[str, ...] = ()
    use: bool = True


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Questions in the order to answer them."""

    id: int = 0
    run_id: str = ""
    version: int = 1
    title: str
    questions: tuple[Question, ...]
    origin: str = "planner"
    """`planner` or `person`."""
    why: str = ""


# --- finding and reading ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One search result: an address that may answer a query."""

    url: str
    title: str = ""
    snippet: str = ""
    engine: str = ""
    query: str = ""
    rank: int = 0
    """0 is the engine's best."""
    published: str | None = None
    snapshot_id: int | None = None
    """Set by the library: the text is already held."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something in a fetched text that a person should know of."""

    kind: str
    """`injection`, `paywall`, `truncated`, `encoding`."""
    start: int
    end: int
    note: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a paginated document, as offsets into its text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Document:
    """A fetched source as Markdown-like text: headings, lists, tables, a blank line between blocks."""

    url: str
    """The final address; files of the library have `library:<collection>/<path>`."""
    title: str
    text: str
    media_type: str
    author: str | None = None
    site: str | None = None
    published: str | None = None
    language: str | None = None
    pages: tuple[Page, ...] = ()
    flags: tuple[Flag, ...] = ()
    fetched_at: str
    etag: str | None = None
    last_modified: str | None = None
    links: tuple[str, ...] = ()
    listing: bool = False
    """It lists other pages (contents, an index of names) and says little itself."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document that is held, with the newest snapshot's facts."""

    id: int
    url: str
    title: str
    author: str | None
    site: str | None
    published: str | None
    media_type: str
    collection: str | None
    """The library collection, or None for a page found on the web."""
    snapshot_id: int
    text_hash: str
    fetched_at: str
    words: int
    flags: tuple[Flag, ...] = ()
    excluded: bool = False
    duplicate_of: int | None = None
    """The source whose text this one repeats."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The stored text of a source, as it was when it was fetched."""

    id: int
    source_id: int
    text: str
    text_hash: str
    fetched_at: str
    url: str
    title: str
    etag: str | None = None
    last_modified: str | None = None
    pages: tuple[Page, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunSource:
    """What became of one hit in one run."""

    url: str
    title: str
    question_id: int
    engine: str
    query: str
    rank: int
    status: str
    """`read`, `skipped`, `duplicate`."""
    reason: str = ""
    source_id: int | None = None
    snapshot_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """Something on its way into the library."""

    id: int
    kind: str
    """`folder`, `url`."""
    what: str
    collection: str
    status: str
    """`queued`, `running`, `done`, `failed`."""
    done: int = 0
    total: int = 0
    failed: int = 0
    unchanged: int = 0
    """Files of `done` that were held already, as they are."""
    passages: int = 0
    """Added so far."""
    seconds: float = 0.0
    """Worked so far."""
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class DraftSummary:
    """A draft's row in the list of versions."""

    id: int
    version: int
    origin: str
    note: str
    created_at: str
    base_id: int | None
    sentences: int
    words: int
    scorecard: "Scorecard | None" = None
    passed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of a text."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Section:
    """A parent: the part of a snapshot under one heading, with the passages inside it."""

    start: int
    end: int
    heading: str
    """Heading path, ` > ` between levels; empty before the first heading."""
    passages: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A child: the span of a snapshot that is ranked, cited and judged against."""

    id: int
    source_id: int
    snapshot_id: int
    start: int
    end: int
    text: str
    heading: str = ""
    section_start: int = 0
    section_end: int = 0
    page: int | None = None
    title: str = ""
    url: str = ""
    site: str | None = None
    author: str | None = None
    published: str | None = None
    listing: bool = False
    """Of a page that lists other pages."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """What one retriever said of one passage."""

    rank: int
    score: float


@dataclass(frozen=True, kw_only=True)
class EvidenceItem:
    """A passage put before the writer, or left out and why."""

    number: int
    """Citation number, unique within the run; 0 when left out."""
    passage: Passage
    score: float
    scores: dict[str, Score] = field(default_factory=dict)
    """Retriever (`lexical`, `dense`, ...) -> rank and score; every list is kept."""
    left_out: str = ""
    """Why it was not used: `over the token budget`, `says the same as [3]`; empty when used."""
    reason: str = ""
    """How it was come by where ranks do not tell: `links heat pump and grid by “peak load”`."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The passages assembled for one question, best first."""

    question_id: int
    items: tuple[EvidenceItem, ...]
    """Used ones first, in the order they are put before the writer; then those left out."""
    sufficient: bool = True
    confidence: float | None = None
    """Probability that the passages used hold the answer; None when it was not estimated."""
    queries: tuple[str, ...] = ()
    """All that was asked for it, in the order it was asked."""
    note: str = ""

    @property
    def used(self) -> tuple[EvidenceItem, ...]:
        return tuple(item for item in self.items if not item.left_out)


DISPUTE = "The sources disagree on this point."
"""Galley's own words before figures that were found to disagree: the one assertion a transition may make."""

# --- the article ---------------------------------------------------------------


class SentenceKind(StrEnum):
    """What a sentence is, as far as evidence goes."""

    CLAIM = "claim"
    TRANSITION = "transition"
    """Says nothing that could be false: leads over, announces, asks."""
    NOTE = "note"
    """Galley speaking of its own work: limits, method. Stands outside the gate, marked as such."""


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A sentence's pointer to a passage."""

    number: int
    """The evidence number within the run."""
    passage_id: int


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of a draft."""

    id: int = 0
    text: str
    kind: SentenceKind = SentenceKind.CLAIM
    paragraph: int = 0
    """Counted within its section from 0."""
    citations: tuple[Citation, ...] = ()
    verdict: "Verdict | None" = None
    """None means: not judged yet."""


@dataclass(frozen=True, kw_only=True)
class DraftSection:
    """A heading with its sentences. The introduction has an empty heading."""

    heading: str
    question_id: int | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A version of the article."""

    id: int = 0
    run_id: str = ""
    version: int = 1
    origin: str = "synthesizer"
    """`synthesizer`, `revision`, `editor`, `person`."""
    base_id: int | None = None
    note: str = ""
    title: str
    sections: tuple[DraftSection, ...]
    created_at: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for section in self.sections for sentence in section.sentences)


class Label(StrEnum):
    """A judge's answer about one sentence."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a judge said of a sentence, with the words it rests on."""

    label: Label
    score: float
    """Probability that the passage supports the sentence."""
    reason: str
    """In words: `the passage says 12 %, the sentence 21 %`."""
    judge: str
    """`alignment`, `model:<name>`, `person`."""
    passage_id: int | None = None
    quote: Span | None = None
    """Offsets into the passage's snapshot."""
    doubtful: bool = False
    """Near the threshold or judges disagreed: a person's turn."""


@dataclass(frozen=True, kw_only=True)
class SectionScore:
    """One section's claims, counted by verdict. The introduction has an empty heading."""

    heading: str
    claims: int = 0
    supported: int = 0
    partly: int = 0
    unsupported: int = 0
    contradicted: int = 0
    unjudged: int = 0

    @property
    def faithfulness(self) -> float | None:
        """As of the whole article; None without a claim."""
        return (self.supported + 0.5 * self.partly) / self.claims if self.claims else None


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """A draft's scores; shares lie in [0, 1], and a score is None when it cannot be measured (docs/scores.md)."""

    faithfulness: float
    """Share of claims that are supported; a partly supported one counts half."""
    faithfulness_low: float | None = None
    """With `faithfulness_high` the range of the true share where no model judged; None where one did."""
    faithfulness_high: float | None = None
    answer_relevance: float | None = None
    context_precision: float | None = None
    context_recall: float | None = None
    """Share of the relevant passages found that were put before the writer."""
    coverage: float | None = None
    """Share of the plan's questions with at least one supported claim."""
    citation_accuracy: float | None = None
    """Share of citations whose own passage supports the sentence (citation precision)."""
    citation_recall: float | None = None
    """Share of claims that what they cite supports in full."""
    toxicity: float | None = None
    """Share of sentences with abusive words; 0 is best."""
    loaded: float | None = None
    """Share of sentences with a loaded or absolute word that is not quoted; 0 is best."""
    logic: float | None = None
    """1 minus the share of sentences that disagree with another on a number."""
    diversity: float | None = None
    """Effective number of independent voices for each cited source; 1 when each speaks for itself and as often."""
    voices: float | None = None
    """Effective number of independent voices, 1 or more."""
    cited_sources: int = 0
    age_years: float | None = None
    """Median age of the dated sources cited."""
    old_share: float | None = None
    """Share of the dated sources cited that are older than five years; 0 is best."""
    dated_share: float | None = None
    """Share of the sources cited that bear a date."""
    reading_grade: float | None = None
    """Years of schooling the text asks for, by Flesch and Kincaid; English only."""
    contradictions: int = 0
    """Claims contradicted by what they cite, and pairs of claims that disagree."""
    source_conflicts: int = 0
    """Disagreements between sources of which the article cites one."""
    doubtful: int = 0
    """Claims whose verdict is doubtful."""
    flags: tuple[str, ...] = ()
    """What was found by `toxicity`, `loaded` and `logic`, in words."""
    claims: int = 0
    supported: int = 0
    partly: int = 0
    unsupported: int = 0
    contradicted: int = 0
    unjudged: int = 0
    sections: tuple[SectionScore, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gate:
    """The gate's answer."""

    passed: bool
    reasons: tuple[str, ...] = ()
    """Why not, most serious first."""
    remarks: tuple[str, ...] = ()
    """Why a person should look all the same; they close nothing by themselves."""


@dataclass(frozen=True, kw_only=True)
class JudgeMeasured:
    """The deterministic judge's own error rates, on labelled data it was not fitted on."""

    families: dict[str, dict[str, float]]
    """Kind of data -> `rows`, `supported`, `auc`, `balanced_accuracy`, and `calibration_error` where measured."""
    thresholds: list[tuple[float, float, float, float]]
    """`(score at least, share of sentences, supported among them, unsupported let through)`; empty where the
    benchmark's report is not at hand."""
    data: dict[str, str]
    """File it was fitted and its thresholds were chosen on -> its SHA-256."""
    supported_at: float
    accepted_at: float
    """From here on no model is asked."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How a model judged claims whose truth is known. Shares in [0, 1]."""

    model: str
    at: str
    prompt: str
    """Which prompt it was asked with: the first characters of its SHA-256."""
    claims: int
    answered: int
    """Answers that count; the others were missing or void, and are wrong."""
    balanced_accuracy: float
    verbatim: float
    """Share of its quotes that stand in their passage; 0 where it gave none."""
    accepted: bool
    cost_usd: float | None = None
    """None: the price is unknown."""
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Kind of claim -> `(right, all)`."""


@dataclass(frozen=True, kw_only=True)
class Trying:
    """Where the trial of a judge stands: running, failed, or done."""

    running: bool = False
    problem: str = ""
    remedy: str = ""
    trial: Trial | None = None
    """The last one with the prompt in use; None when there was none."""


class Cause(StrEnum):
    """Why a claim failed."""

    NOT_RETRIEVED = "not retrieved"
    NOT_USED = "retrieved, not used"
    MISREAD = "misread"
    CONFLICT = "sources conflict"
    NOTHING_EXISTS = "nothing exists"


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """Why one claim failed and what would mend it."""

    sentence_id: int
    cause: Cause
    failure: str
    """`retrieval` or `reasoning`."""
    reason: str
    passages: tuple[int, ...] = ()
    """Passages that would help: to add, to rewrite from, or to attribute to."""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Two passages that give different values for the same thing."""

    subject: str
    first: int
    """Passage id."""
    first_quote: str
    second: int
    second_quote: str
    kind: str = "contradiction"
    """`contradiction` or `outdated` (the older of the two is superseded)."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """An editor's suggestion for one sentence, to accept or reject."""

    id: int = 0
    sentence_id: int
    kind: str
    """`accuracy`, `tone`, `style`, `length`, `acronym`, `hedging`."""
    text: str
    """The suggested sentence; equal to the old one when the note only remarks."""
    why: str
    state: str = "open"
    """`open`, `accepted`, `rejected`."""


# --- what a person and the engine say ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person said."""

    id: int = 0
    run_id: str
    kind: str
    """`approve_plan`, `rewrite_plan`, `approve`, `send_back`, `override`, `steer`, `unpublish`, ..."""
    by: str
    at: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What the engine says; numbered per run, never changed."""

    run_id: str
    seq: int
    at: str
    kind: str
    step: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One model request and its answer."""

    key: str
    run_id: str | None
    role: str
    task: str
    model: str
    status: str
    """`sent`, `done`, `failed`, `abandoned`."""
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    """None: the price is unknown."""
    seconds: float = 0.0
    at: str = ""
    error: str = ""


# --- publishing ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Quote:
    """One footnote: the words of a passage a sentence rests on."""

    number: int
    """Footnote number, in order of first citation from 1."""
    text: str
    reference: int
    page: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One cited source."""

    number: int
    title: str
    url: str | None
    """None when it is a file of the library."""
    author: str | None
    site: str | None
    published: str | None
    fetched_at: str
    text_hash: str
    """SHA-256 of the snapshot's text."""


@dataclass(frozen=True, kw_only=True)
class ArticleSentence:
    """A sentence as it goes out."""

    text: str
    kind: SentenceKind
    quotes: tuple[int, ...] = ()
    """Footnote numbers."""
    label: Label | None = None
    overridden: bool = False
    reason: str = ""
    """Why a person let it stand; empty unless overridden."""


@dataclass(frozen=True, kw_only=True)
class ArticleSection:
    heading: str
    paragraphs: tuple[tuple[ArticleSentence, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Update:
    """One line of a published article's changelog."""

    at: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of an article: a file of ours, named by its content."""

    path: str
    """On this machine; not part of what a reader reads."""
    hash: str
    """SHA-256 of the file."""
    media_type: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Article:
    """The one payload every target renders."""

    key: str
    """Idempotency key of the article; the same in every target and version."""
    title: str
    slug: str
    dek: str
    sections: tuple[ArticleSection, ...]
    quotes: tuple[Quote, ...]
    references: tuple[Reference, ...]
    limitations: tuple[str, ...]
    method: str
    """How it was made, truthfully: `Composed from the sources' own sentences; no language model was used.`"""
    tags: tuple[str, ...]
    scorecard: Scorecard
    verified_at: str
    published_at: str
    modified_at: str
    updates: tuple[Update, ...] = ()
    language: str = "en"
    approved_by: str = ""
    overrides: tuple[str, ...] = ()
    """Reasons people gave for publishing below the gate."""
    cover: Picture | None = None
    description: str = ""
    """For search engines; the dek when empty."""
    canonical_url: str | None = None
    """The address to name as the original; None means the page's own."""
    seo_title: str = ""
    """The title for search engines and browser tabs; the title when empty."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a person set about how the article goes out; what is empty, Galley chooses."""

    slug: str = ""
    """Fixed by the first publication, wherever that was."""
    dek: str = ""
    tags: tuple[str, ...] = ()
    seo_title: str = ""
    description: str = ""
    canonical: str = ""
    """The target whose address the others name as the original; empty: each page is its own."""
    cover: Picture | None = None
    """Uploaded; when there is none, one is drawn."""
    to: tuple[str, ...] | None = None
    """The targets that are ticked; None until a person ticked one."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The proof that an article stands at a target."""

    target: str
    key: str
    status: str
    """`live`, `unchanged`, `draft`, `scheduled`, `withdrawn`, `deleted`."""
    url: str | None
    remote_id: str
    content_hash: str
    at: str
    changed: tuple[str, ...] = ()
    """What was written or sent, for a person to read."""
    revision: str = ""
    """The target's own mark of the version that stands there; another one later means that somebody edited it."""
    preview_url: str | None = None
    """Where a draft can be looked at before it is public."""
    publish_at: str | None = None
    """When a scheduled one goes live."""
    lost: tuple[str, ...] = ()
    """What this target could not carry, for a person to read."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What publishing would do at a target; nothing was written."""

    target: str
    page: str
    """A whole HTML page: the article as this target will show it, as near as can be told."""
    requests: tuple[str, ...]
    """What would be sent or written, in order: `POST https://blog.example/wp-json/wp/v2/posts (12 kB)`; empty when
    nothing would change."""
    lost: tuple[str, ...]
    """What this target cannot carry."""
    sent: str
    """The article's words as they would stand there, a paragraph a line, to compare with `standing`."""
    standing: str | None = None
    """The words that stand there now, a paragraph a line; None when nothing does."""
    edited: bool = False
    """Somebody changed it there since our last receipt."""


@dataclass(frozen=True, kw_only=True)
class PageCheck:
    """What was seen at the public address after publishing: the target's own word is no proof."""

    ok: bool
    said: str
    """In words: `answers with the title and our mark`, `404 Not Found`."""
    at: str


@dataclass(frozen=True, kw_only=True)
class Intent:
    """What is about to be sent, written down before it is."""

    content_hash: str
    slug: str
    wanted: str
    """`live`, `draft`, `scheduled`, `withdrawn`, `deleted`."""
    before: str
    """The publication's status before."""
    at: str
    draft_id: int | None = None
    by: str = ""
    publish_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An approved article that waits for its time."""

    at: str
    """When it is due: ISO 8601, UTC, in the form of `core.store.database.now`."""
    draft_id: int
    by: str


@dataclass(frozen=True, kw_only=True)
class Publication:
    """An article at a target: what we know of what stands there, and what came of the last attempt."""

    id: int
    run_id: str
    key: str
    target: str
    status: str
    """What stands there. `planned`: nothing yet; `sending`: being changed, or a publisher died over it;
    `live`, `draft`, `scheduled`, `withdrawn`, `deleted`; `edited`: somebody changed it there, a person has to
    choose; `kept`: they chose theirs; `failed`: nothing stands there and the last attempt failed; `unknown`: an
    answer was lost and the target does not say."""
    slug: str
    url: str | None = None
    remote_id: str | None = None
    content_hash: str | None = None
    """Of the article that was sent last, as `core.publishing.record.content_hash` counts it."""
    version: int = 0
    draft_id: int | None = None
    published_at: str | None = None
    modified_at: str | None = None
    approved_by: str | None = None
    error: dict[str, str] | None = None
    """Why the last attempt failed; what stood there before still does."""
    updates: tuple[Update, ...] = ()
    intent: Intent | None = None
    """Set while something is being sent."""
    publish_at: str | None = None
    """When what waits here is due: a first publication (`scheduled`), or an update of a public article."""
    checked: PageCheck | None = None
    article: str | None = None
    """Hash of the article's stored text, exactly as it was sent (`store.publications.article`)."""

    @property
    def public(self) -> bool:
        """Whether readers can see an article of ours there, as far as is known."""
        return self.status in ("live", "edited", "kept")


@dataclass(frozen=True, kw_only=True)
class TargetField:
    """One setting of a target, as a form shows it."""

    name: str
    label: str
    help: str
    required: bool
    secret: bool
    choices: tuple[str, ...] = ()
    value: str = ""
    """What is set, or the default; never a secret."""
    is_set: bool = False
    """A person or the environment gave it."""
    by_environment: bool = False
    """The environment says it, which is stronger than what a person saves."""


@dataclass(frozen=True, kw_only=True)
class TargetForm:
    """A target as the settings and the publish panel show it."""

    name: str
    title: str
    about: str
    fields: tuple[TargetField, ...]
    offered: bool
    """Articles can be sent there: it is switched on and nothing it needs is missing."""
    missing: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    """Its capabilities, by name."""


# --- verifying again ---------------------------------------------------------------


class Standing(StrEnum):
    """How a published sentence, or one of its sources, stands today."""

    CURRENT = "current"
    CHANGED = "changed"
    """The cited words were changed or moved; the claim is still supported."""
    GONE = "gone"
    """The page is gone, or what it says now does not support the claim."""
    CONTRADICTED = "contradicted"
    UNREACHABLE = "unreachable"
    """Nobody answered, or not with a text to read: nothing is known, nothing is held against it."""
    SNAPSHOT = "snapshot only"
    """A file whose place is not known: only the stored text can be checked."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """One cited source, looked at again."""

    source_id: int
    snapshot_id: int
    """The one that is cited."""
    url: str
    title: str
    state: Standing
    """Never `contradicted`: that is said of sentences."""
    message: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One published claim beside what its sources say today."""

    sentence_id: int
    sentence: str
    state: Standing
    reason: str
    before: str = ""
    """The words it rests on, as they were when it was published."""
    after: str = ""
    """The words that stand in their place, or bear on it, today."""
    url: str = ""
    """The source that decided."""
    title: str = ""
    proposed: str = ""
    """The sentence that is proposed; the same one when only its citation moves; empty: a person's turn."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """A published article, verified again."""

    id: int = 0
    run_id: str
    draft_id: int
    at: str
    by: str
    """A person, or `schedule`."""
    claims: int
    holding: int
    """Claims that hold by their stored snapshots."""
    counts: dict[str, int]
    """Standing -> number of claims, by their live sources."""
    findings: tuple[Finding, ...]
    """Claims that are not `current`, in the order of the text."""
    looks: tuple[Look, ...]
    proposal: str = ""
    """`open`, `accepted`, `dismissed`; empty when there is nothing to decide."""
    base_id: int | None = None
    """The draft that the proposed one was made from."""
    proposed_id: int | None = None
    """The proposed draft."""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """When a published article's sources are looked at."""

    run_id: str
    checked_at: str | None
    due_at: str | None
    """None when nothing is scheduled."""
    working: bool
    """A worker is at it, or was asked to."""
