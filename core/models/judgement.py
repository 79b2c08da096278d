"""What the judge says of a draft."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.models.source import Span


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
    threshold: float | None = None
    """Least faithfulness it asked of the article; None in answers from before this was kept."""
    section_threshold: float | None = None
    """The same of each section that is long enough; 0 asked for none."""


@dataclass(frozen=True, kw_only=True)
class JudgeMeasured:
    """The deterministic judge's own error rates, on labelled data it was not fitted on."""

    families: dict[str, dict[str, float]]
    """Kind of data -> `rows`, `supported`, `auc`, `balanced_accuracy`, and `calibration_error` where measured."""
    thresholds: list[tuple[float, float, float, float]]
    """`(score at least, share of sentences, supported among them, unsupported let through)`."""
    data: dict[str, str]
    """File it was fitted and its thresholds were chosen on -> its SHA-256."""
    supported_at: float
    accepted_at: float
    """From here on no model is asked."""
    asked: float
    """Share of sentences that a model judge is asked about where there is one."""
    outcomes: list[tuple[str, float, float]]
    """`(with what model, unsupported let through, supported held back)`, each a share of its kind; with a model
    reckoned from how often it is right."""


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
