"""What machines read of an article: schema.org in JSON-LD.

`Article` with its `citation`s, and every checked sentence as a `Claim` that names where it
appears and what it rests on. Only what was checked becomes a claim, and a claim that was
not found supported is left out rather than offered to a search engine as fact.
Vocabulary: https://schema.org/Article, https://schema.org/Claim.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from core.models import Article, ArticleSentence, Label, Reference, SentenceKind
from core.publishing.wording import described, language_tag, printable, web_address

_SCHOLARLY = ("doi.org", "dx.doi.org", "arxiv.org")


def structured_data(
    article: Article, *, url: str, publisher: str, publisher_url: str, image: str | None = None
) -> dict[str, Any]:
    """The article as a JSON-LD object.

    Args:
        url: the article's own address; parts of the page are named by their fragment of it.
        publisher: the name of the site, which also stands as the author.
        image: address of the cover.
    """
    house = {"@type": "Organization", "name": publisher, "url": publisher_url}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": article.title,
        "description": described(article),
        "image": image,
        "inLanguage": language_tag(article.language),
        "identifier": article.key,
        "author": house,
        "publisher": house,
        "datePublished": article.published_at,
        "dateModified": article.modified_at,
        "keywords": list(article.tags),
        "citation": [_citation(reference, url) for reference in article.references],
        "hasPart": _claims(article, url),
    }
    if article.approved_by:
        data["editor"] = {"@type": "Person", "name": article.approved_by}
    return {name: value for name, value in data.items() if value}


def as_script(data: dict[str, Any]) -> Markup:
    """JSON that may stand inside `<script>`: no `<`, `>` or `&` is left to end it early."""
    text = printable(json.dumps(data, ensure_ascii=False))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _citation(reference: Reference, url: str) -> dict[str, Any]:
    address = web_address(reference.url)
    host = urlsplit(address or "").hostname
    kind = "ScholarlyArticle" if host in _SCHOLARLY else "CreativeWork"
    values = {
        "@type": kind,
        "@id": f"{url}#ref-{reference.number}",
        "name": reference.title,
        "url": address,
        "author": {"@type": "Person", "name": reference.author} if reference.author else None,
        "publisher": {"@type": "Organization", "name": reference.site} if reference.site else None,
        "datePublished": reference.published,
        "identifier": f"sha256:{reference.text_hash}",
    }
    return {name: value for name, value in values.items() if value}


def _claims(article: Article, url: str) -> list[dict[str, Any]]:
    rests_on = {quote.number: quote.reference for quote in article.quotes}
    return [
        {
            "@type": "Claim",
            "text": sentence.text,
            "appearance": {"@id": url},
            "citation": [
                {"@id": f"{url}#ref-{number}"} for number in dict.fromkeys(rests_on[quote] for quote in sentence.quotes)
            ],
        }
        for section in article.sections
        for paragraph in section.paragraphs
        for sentence in paragraph
        if _checked(sentence)
    ]


def _checked(sentence: ArticleSentence) -> bool:
    return (
        sentence.kind is SentenceKind.CLAIM
        and sentence.label is Label.SUPPORTED
        and not sentence.overridden
        and bool(sentence.quotes)
    )
