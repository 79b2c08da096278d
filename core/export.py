"""A run's article as a file, wherever it stands: for the command line and for downloads."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from core.agents.payload import article_for
from core.errors import BriefError
from core.models import Article, Run
from core.publishing.plain import markdown
from core.settings import Settings
from core.store import Store

Format = Literal["html", "pdf", "docx", "md"]
FORMATS: tuple[Format, ...] = get_args(Format)


def article_file(run: Run, store: Store, settings: Settings, format: Format = "md") -> Path:
    """Write the run's present draft to `<data>/articles/<run>.<format>`, in place of what stood there.

    Claims that are not supported stay marked.

    Raises:
        BriefError: the run has no draft yet, or there is no such format.
        PublishError: the draft was never judged, or cannot be set in this format.
    """
    if format not in FORMATS:
        raise BriefError(f"There is no format {format!r}.", remedy=f"Choose from: {', '.join(FORMATS)}.")
    content = _writer(format)(_article(run, store, settings))
    path = settings.data / "articles" / f"{run.id}.{format}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _article(run: Run, store: Store, settings: Settings) -> Article:
    if run.draft_id is None:
        raise BriefError("This run has no article yet.", remedy="Wait until it has been written.")
    rows = store.publications.of_run(run.id)
    return article_for(
        store.drafts.get(run.draft_id), rows[0] if rows else None, store=store, brief=run.brief, settings=settings,
        by="", reason="Not supported; exported as a draft.",
    )  # fmt: skip


def _writer(format: Format) -> Callable[[Article], bytes]:
    """Loaded when it is asked for: Word and PDF take a while."""
    match format:
        case "html":
            from core.publishing.formats.html import html

            return html
        case "pdf":
            from core.publishing.formats.pdf import pdf

            return pdf
        case "docx":
            from core.publishing.formats.docx import docx

            return docx
        case "md":
            return lambda article: markdown(article).encode("utf-8", "replace")
