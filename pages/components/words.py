"""Names that people read: verdicts, states of a run, steps, scores.

A verdict is told by its symbol and words before its colour, so it survives grey print and
colour-blind eyes.
"""

from typing import NamedTuple

from core.models import Label, Run, SentenceKind, Status, Step


class Word(NamedTuple):
    """How one value looks: `color` is a Streamlit colour name, `icon` a Material symbol."""

    text: str
    symbol: str
    color: str
    icon: str = ""


VERDICTS: dict[str, Word] = {
    Label.SUPPORTED: Word("Supported", "✓", "green"),
    Label.PARTLY: Word("Partly supported", "◐", "orange"),
    Label.UNSUPPORTED: Word("Not supported", "✖", "red"),
    Label.CONTRADICTED: Word("Contradicted", "⇄", "violet"),
    Label.NOT_CHECKABLE: Word("Not checkable", "○", "gray"),
}
NOT_JUDGED = Word("Not judged yet", "…", "gray")
LEADS_OVER = Word("Leads over; states nothing to check", "", "gray")
GALLEYS_NOTE = Word("Galley's own note; outside the gate", "", "gray")

STATES: dict[str, Word] = {
    Status.QUEUED: Word("Queued", "…", "gray", ":material/schedule:"),
    Status.RUNNING: Word("Working", "▶", "green", ":material/progress_activity:"),
    Status.PAUSED: Word("Paused", "‖", "orange", ":material/pause:"),
    Status.PLAN: Word("Plan ready", "?", "blue", ":material/checklist:"),
    Status.REVIEW: Word("Review", "?", "orange", ":material/rate_review:"),
    Status.GATE: Word("Stopped at the gate", "!", "red", ":material/front_hand:"),
    Status.NO_EVIDENCE: Word("No evidence found", "∅", "red", ":material/search_off:"),
    Status.FINISHED: Word("Finished", "✓", "green", ":material/check:"),
    Status.PUBLISHED: Word("Published", "✓", "green", ":material/public:"),
    Status.CANCELLED: Word("Stopped", "■", "gray", ":material/stop_circle:"),
    Status.FAILED: Word("Failed", "✖", "red", ":material/error:"),
}

BUDGET_SPENT = Word("Budget spent", "$", "orange", ":material/payments:")

ACTIVE = frozenset({Status.QUEUED, Status.RUNNING, Status.PAUSED})
WAITING = frozenset({Status.PLAN, Status.REVIEW, Status.GATE})

STEPS: dict[str, str] = {
    Step.PLAN: "Plan",
    Step.RESEARCH: "Research",
    Step.WRITE: "Write",
    Step.JUDGE: "Judge",
    Step.REVISE: "Revise",
    Step.EDIT: "Edit",
    Step.REVIEW: "Review",
    Step.PUBLISH: "Publish",
}

ORIGINS = {
    "synthesizer": "first draft",
    "revision": "correction round",
    "editor": "the editor's changes",
    "person": "your edit",
}

PUBLICATIONS: dict[str, Word] = {
    "planned": Word("Not there yet", "…", "gray", ":material/radio_button_unchecked:"),
    "sending": Word("Being sent", "▶", "blue", ":material/progress_activity:"),
    "draft": Word("Draft there", "○", "gray", ":material/draft:"),
    "scheduled": Word("Scheduled", "◷", "blue", ":material/schedule:"),
    "live": Word("Live", "✓", "green", ":material/public:"),
    "withdrawn": Word("Taken down", "■", "gray", ":material/visibility_off:"),
    "deleted": Word("Deleted there", "■", "gray", ":material/delete:"),
    "edited": Word("Changed there", "!", "orange", ":material/edit_note:"),
    "kept": Word("Theirs kept", "✓", "orange", ":material/handshake:"),
    "failed": Word("Not taken", "✖", "red", ":material/error:"),
    "unknown": Word("No answer", "?", "orange", ":material/help:"),
}

CAPABILITIES: dict[str, str] = {
    "footnotes": "footnotes that can be followed",
    "media": "pictures",
    "description": "a description for search engines",
    "canonical_url": "the address of the original",
    "structured_data": "data for search engines",
    "drafts": "drafts",
    "schedule": "its own schedule",
    "preview": "a preview to share",
    "unpublish": "taking down and bringing back",
    "delete": "deleting",
    "optimistic_lock": "edits made there meanwhile",
}


class Measure(NamedTuple):
    """A score for people: `unit` is `share` (shown in per cent), `count`, `years`, `grade` or `voices`."""

    label: str
    meaning: str
    unit: str = "share"


SCORES: dict[str, Measure] = {
    "faithfulness": Measure(
        "Faithfulness", "Share of claims their passages support; a partly supported one counts half. 100 % is best."
    ),
    "citation_accuracy": Measure(
        "Citation accuracy", "Share of citations whose own passage supports the sentence. 100 % is best."
    ),
    "citation_recall": Measure(
        "Citation recall", "Share of claims that what they cite supports in full. 100 % is best."
    ),
    "logic": Measure("Logic", "1 minus the share of claims that disagree with another on a figure. 100 % is best."),
    "contradictions": Measure(
        "Contradictions",
        "Claims contradicted by what they cite, and pairs of claims that disagree. 0 is best.",
        "count",
    ),
    "coverage": Measure(
        "Coverage", "Share of the plan's questions answered by at least one supported claim. 100 % is best."
    ),
    "answer_relevance": Measure(
        "Relevance", "How many of each question's words, by rarity, its section takes up. 100 % is best."
    ),
    "context_precision": Measure(
        "Context precision", "How high the useful passages stood among those put before the writer. 100 % is best."
    ),
    "context_recall": Measure(
        "Context recall", "Share of the useful passages found that were put before the writer. 100 % is best."
    ),
    "voices": Measure(
        "Independent voices",
        "How many independent sources there are in effect: one author, one house or one text is one voice, and one"
        " with most of the citations outweighs the rest. 1 or more; more is better.",
        "voices",
    ),
    "diversity": Measure(
        "Diversity", "Independent voices for each source cited. 100 %: each speaks for itself, and as often."
    ),
    "age_years": Measure("Median age", "Of the cited sources that bear a date, when this was scored.", "years"),
    "old_share": Measure(
        "Older than 5 years", "Share of the dated sources cited. What is too old depends on the topic."
    ),
    "dated_share": Measure("Dated", "Share of the sources cited that bear a date; the ages speak of these alone."),
    "source_conflicts": Measure(
        "Sources disagree", "Disagreements between sources of which the article cites at least one.", "count"
    ),
    "reading_grade": Measure(
        "Reading grade",
        "Years of schooling the text asks for (Flesch-Kincaid): 8 reads like a newspaper for everybody, 16 like a"
        " scholarly paper. English, from a hundred words.",
        "grade",
    ),
    "loaded": Measure(
        "Loaded words", "Share of sentences with a loaded or absolute word that is not a quotation. 0 is best."
    ),
    "toxicity": Measure("Toxicity", "Share of sentences with abusive words. 0 is best."),
}

SCORE_GROUPS: dict[str, tuple[str, ...]] = {
    "Does it hold?": ("faithfulness", "citation_accuracy", "citation_recall", "logic", "contradictions"),
    "Does it answer?": ("coverage", "answer_relevance", "context_precision", "context_recall"),
    "Whom does it rest on?": ("voices", "diversity", "age_years", "old_share", "dated_share", "source_conflicts"),
    "How does it read?": ("reading_grade", "loaded", "toxicity"),
}


def judge_name(judge: str) -> str:
    """`alignment` and `model:<name>` as a person reads them."""
    known = {"alignment": "the judge without a model", "rule": "a rule", "person": "a person"}
    return known.get(judge, judge.removeprefix("model:"))


def state(status: str) -> Word:
    """The word for a run's status."""
    return STATES[Status(status)]


def standing(run: Run) -> Word:
    """How a run's state looks; one that ended for want of money did not fail."""
    if run.status == Status.FAILED and (run.error or {}).get("kind") == "BudgetSpent":
        return BUDGET_SPENT
    return state(run.status)


def verdict(label: str | None, kind: str = SentenceKind.CLAIM) -> Word:
    """The word for a sentence: its verdict, or why it has none."""
    if kind == SentenceKind.TRANSITION:
        return LEADS_OVER
    if kind == SentenceKind.NOTE:
        return GALLEYS_NOTE
    return VERDICTS[Label(label)] if label else NOT_JUDGED
