"""An article as JSON and back: what a target keeps to find, compare and rebuild its pages."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.models import Article

_ARTICLE = TypeAdapter(Article)
_FORMAT = 1
_NOT_CONTENT = ("slug", "verified_at", "published_at", "modified_at")


def as_data(article: Article) -> dict[str, Any]:
    """The article as plain JSON values, without what concerns this machine alone (where the cover's file lies).

    Half a surrogate pair, which no file can hold, becomes `?`.
    """
    data = asdict(article)
    if article.cover:
        del data["cover"]["path"]
    return json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))


def from_data(data: dict[str, Any]) -> Article:
    """The article that `as_data` gave; its cover's path is empty.

    Raises:
        ValueError: the values are not an article's.
    """
    cover = data.get("cover")
    try:
        return _ARTICLE.validate_python({**data, "cover": {**cover, "path": ""}} if cover else data)
    except ValidationError as error:
        raise ValueError(f"not an article: {error.errors()[0]['msg']}") from error


def content_hash(article: Article) -> str:
    """SHA-256 (hex) of what a reader would read.

    The times and the slug are left out: publishing the same text again an hour later is no
    change, and a target may have had to choose another slug. To show that an article was
    verified again, add a line to `updates`; that is content.
    """
    content = {name: value for name, value in as_data(article).items() if name not in _NOT_CONTENT}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is kept of one key. A withdrawn article leaves its key and address, not its text."""

    key: str
    slug: str
    published_at: str
    """Of the first publication."""
    article: Article | None
    """None once it is withdrawn."""
    withdrawn_at: str | None = None

    def as_bytes(self) -> bytes:
        """The record as a JSON file."""
        data = {
            "format": _FORMAT,
            "key": self.key,
            "slug": self.slug,
            "published_at": self.published_at,
            "withdrawn_at": self.withdrawn_at,
            "content_hash": content_hash(self.article) if self.article else None,
            "article": as_data(self.article) if self.article else None,
        }
        return (json.dumps(data, indent=1) + "\n").encode()


def record_from(content: bytes) -> Record:
    """The record that `as_bytes` gave.

    Raises:
        ValueError: it is damaged.
    """
    try:
        data = json.loads(content)
        return Record(
            key=data["key"],
            slug=data["slug"],
            published_at=data["published_at"],
            article=from_data(data["article"]) if data["article"] else None,
            withdrawn_at=data["withdrawn_at"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"a value is missing: {error}") from error
