"""A sentence outside any passage, in the form in which extracts are compared."""

from core.language.composing.extracts import Extract, make
from core.models import EvidenceItem, Passage

_NOWHERE = EvidenceItem(
    number=0, passage=Passage(id=0, source_id=-1, snapshot_id=-1, start=0, end=0, text=""), score=0.0
)


def sketch(text: str) -> Extract:
    """An extract of no passage: for comparing a written sentence with the evidence's."""
    return make(text, _NOWHERE, 0, 0, False, None)
