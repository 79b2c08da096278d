"""An article at a target."""

from dataclasses import dataclass

from core.models.article import Update


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
    late_until: float = 0.0
    """Until when (Unix time) a target may still carry out what a publisher that was killed had asked of it."""

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
