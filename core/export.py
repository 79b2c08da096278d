"""An article as a Markdown file, wherever it stands: for the command line and for downloads."""

from pathlib import Path

from core.agents.publisher import article_for
from core.models import Run
from core.publishing.plain import markdown
from core.settings import Settings
from core.store import Store


def article_markdown(run: Run, store: Store, settings: Settings) -> str:
    """The run's present draft as Markdown with footnotes; claims that are not supported stay marked."""
    assert run.draft_id is not None, "only runs with a draft are exported"
    rows = store.publications.of_run(run.id)
    article = article_for(
        store.drafts.get(run.draft_id), rows[0] if rows else None, store=store, brief=run.brief, settings=settings,
        by="", reason="Not supported; exported as a draft.",
    )  # fmt: skip
    return markdown(article)


def write_markdown(run: Run, store: Store, settings: Settings) -> Path:
    """Write it to `<data>/articles/<run>.md`, in place of what stood there; returns the path."""
    path = settings.data / "articles" / f"{run.id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(article_markdown(run, store, settings), encoding="utf-8")
    return path
