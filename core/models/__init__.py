"""The words of Galley as values: small, frozen, typed.

One noun a class; DESIGN's glossary in code. Nothing here does any work. Offsets are
character offsets into a snapshot's text, half-open; scores lie in [0, 1] unless said
otherwise; times are ISO 8601 in UTC; money is US dollars.
"""

from core.models.article import Article, ArticleSection, ArticleSentence, Details, Picture, Quote, Reference, Update
from core.models.brief import Brief
from core.models.draft import Citation, Draft, DraftSection, DraftSummary, Sentence, SentenceKind
from core.models.evidence import DISPUTE, Evidence, EvidenceItem, Score
from core.models.judgement import (
    Cause,
    Conflict,
    Diagnosis,
    Gate,
    JudgeMeasured,
    Label,
    Note,
    Scorecard,
    SectionScore,
    Trial,
    Trying,
    Verdict,
)
from core.models.plan import Plan, Question
from core.models.publication import Intent, PageCheck, Pending, Preview, Publication, Receipt, TargetField, TargetForm
from core.models.run import Call, Decision, Event, Fork, Run, Status, Step
from core.models.source import (
    KINDS,
    Document,
    Flag,
    Hit,
    Ingest,
    Page,
    Passage,
    RunSource,
    Section,
    Snapshot,
    Source,
    Span,
)
from core.models.verification import Finding, Look, Standing, Verification, Watch

__all__ = [
    "Article",
    "ArticleSection",
    "ArticleSentence",
    "Brief",
    "Call",
    "Cause",
    "Citation",
    "Conflict",
    "DISPUTE",
    "Decision",
    "Details",
    "Diagnosis",
    "Document",
    "Draft",
    "DraftSection",
    "DraftSummary",
    "Event",
    "Evidence",
    "EvidenceItem",
    "Finding",
    "Flag",
    "Fork",
    "Gate",
    "Hit",
    "Ingest",
    "Intent",
    "JudgeMeasured",
    "KINDS",
    "Label",
    "Look",
    "Note",
    "Page",
    "PageCheck",
    "Passage",
    "Pending",
    "Picture",
    "Plan",
    "Preview",
    "Publication",
    "Question",
    "Quote",
    "Receipt",
    "Reference",
    "Run",
    "RunSource",
    "Score",
    "Scorecard",
    "Section",
    "SectionScore",
    "Sentence",
    "SentenceKind",
    "Snapshot",
    "Source",
    "Span",
    "Standing",
    "Status",
    "Step",
    "TargetField",
    "TargetForm",
    "Trial",
    "Trying",
    "Update",
    "Verdict",
    "Verification",
    "Watch",
]
