"""An article as Ghost stores it: its fields, its body in one HTML card, its tags, and what is cut."""

import re
from hashlib import sha256
from typing import Any

from core.models import Article
from core.publishing.body import blocks
from core.publishing.quotes import shorten
from core.publishing.wording import described

LONGEST_ALT = 191
LONGEST_EXCERPT = 300
LONGEST_DESCRIPTION = 500
"""Characters that Ghost's fields hold."""

_PLAIN_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def lost_of(article: Article) -> tuple[str, ...]:
    """What Ghost's fields are too short for."""
    cut = (
        ("The end of the picture's alternative text", article.cover.alt if article.cover else "", LONGEST_ALT),
        ("The end of the summary", article.dek, LONGEST_EXCERPT),
        ("The end of the description for search engines", described(article), LONGEST_DESCRIPTION),
    )
    return tuple(f"{what}: Ghost holds {most} characters." for what, text, most in cut if len(text) > most)


def as_fields(article: Article, *, slug: str, date: str, picture: str) -> dict[str, Any]:
    """The post as Ghost takes it, all but the head and the status."""
    tags = [tag.lstrip("#").strip() for tag in article.tags]
    return {
        "title": article.title,
        "slug": slug,
        "html": f"<!--kg-card-begin: html-->\n{as_body(article)}\n<!--kg-card-end: html-->",
        "custom_excerpt": shorten(article.dek, LONGEST_EXCERPT) or None,
        "meta_title": shorten(article.seo_title, LONGEST_EXCERPT) or None,
        "meta_description": shorten(described(article), LONGEST_DESCRIPTION) or None,
        "canonical_url": article.canonical_url,
        "feature_image": picture or None,
        "feature_image_alt": shorten(article.cover.alt, LONGEST_ALT) if article.cover else None,
        "published_at": date,
        "tags": [{"name": name} for name in (*filter(None, tags), tag_of(article.key))],
    }


def as_body(article: Article) -> str:
    """The body that stands in the HTML card."""
    return "\n".join(blocks(article))


def tag_of(key: str) -> str:
    """The internal tag of a key; one that Ghost would spell otherwise goes by its hash."""
    plain = _PLAIN_KEY.fullmatch(key) and len(key) <= 150
    return f"#galley-{key if plain else sha256(key.encode('utf-8', 'replace')).hexdigest()}"


def tag_slug(key: str) -> str:
    """What Ghost calls that tag in a filter."""
    return f"hash-{tag_of(key).removeprefix('#')}"
