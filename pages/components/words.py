"""Names that people read: verdicts, states of a run, steps, scores.

A verdict is told by its symbol and words before its colour, so it survives grey print and
colour-blind eyes.
"""

from typing import NamedTuple

from core.models import Label, SentenceKind, Status, Step


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

SCORES: dict[str, tuple[str, str]] = {
    "faithfulness": ("Faithfulness", "Share of claims their passages support; a partly supported one counts half."),
    "coverage": ("Coverage", "Share of the plan's questions answered by at least one supported claim."),
    "citation_accuracy": ("Citation accuracy", "Share of citations whose own passage supports the sentence."),
    "answer_relevance": ("Relevance", "How far the article speaks of what was asked."),
    "context_precision": ("Precision", "How many of the passages put before the writer were of use."),
    "logic": ("Logic", "1 minus the share of sentences that disagree with another on a figure."),
    "toxicity": ("Toxicity", "Share of sentences with abusive words; 0 is best."),
}


def state(status: str) -> Word:
    """The word for a run's status."""
    return STATES[Status(status)]


def verdict(label: str | None, kind: str = SentenceKind.CLAIM) -> Word:
    """The word for a sentence: its verdict, or why it has none."""
    if kind == SentenceKind.TRANSITION:
        return LEADS_OVER
    if kind == SentenceKind.NOTE:
        return GALLEYS_NOTE
    return VERDICTS[Label(label)] if label else NOT_JUDGED
