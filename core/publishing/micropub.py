"""The `micropub` target: any site that speaks Micropub (W3C Recommendation, 23 May 2017).

The article goes as an `h-entry` with HTML content and a picture through the site's media
endpoint. Micropub has no look-up by a key, so our mark stands in the content, and the site's
list of posts (`q=source` without an address, a stable extension) is searched for it; where a
site has no such list, an answer that was lost is a person's turn, never a second post.
`post-status` is an extension too: whether a draft really is one is read back at once.
https://www.w3.org/TR/micropub/, https://indieweb.org/Micropub-extensions
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape
from pydantic import SecretStr

from core.errors import PublishError, UnansweredError
from core.models import Article, Picture, Preview, Receipt
from core.publishing.body import blocks, preview_page
from core.publishing.difference import article_words
from core.publishing.mark import Mark, fingerprint, marked
from core.publishing.micropub_site import MicropubSite, Post
from core.publishing.picture import file_name, picture_bytes
from core.publishing.record import content_hash
from core.publishing.standing import LEFT, is_edited, refuse_edits
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import file_size, now


@TARGETS.register("micropub")
class Micropub:
    """A site that speaks Micropub.

    Args:
        endpoint: the micropub endpoint, as the site's HTML names it: `<link rel="micropub">`.
        token: an access token with the scopes create, update, delete and media.
    """

    capabilities = Capabilities(
        html=True, drafts=True, unpublish=True, delete=True, media=True, footnotes=True, read_back=True
    )

    def __init__(self, *, endpoint: str, token: SecretStr) -> None:
        self._endpoint = endpoint.strip()
        self._token = token

    # --- what a target does ---------------------------------------------------------------

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        site = MicropubSite(self._endpoint, self._token)
        standing = site.standing(article.key, last)
        content = _content(article)
        done = standing is not None and _stands(standing, article, public=True)
        sends = "update" if standing else "create"
        requests = [f"POST {self._endpoint} ({sends}, {file_size(len(content.encode()))})"]
        if article.cover and not (standing and standing.picture(article.cover)):
            size = file_size(len(picture_bytes(article.cover)))
            requests.insert(0, f"POST the media endpoint ({size}, unless it is there)")
        return Preview(
            target="micropub",
            page=preview_page(article, Markup(content)),
            requests=() if done else tuple(requests),
            lost=_lost(article),
            sent=article_words(escape(article.title), content),
            standing=article_words(escape(standing.title), standing.html) if standing else None,
            edited=is_edited(standing, last, content_hash(article)),
        )

    def publish(
        self,
        article: Article,
        *,
        last: Receipt | None = None,
        draft: bool = False,
        at: str | None = None,
        overwrite: bool = False,
    ) -> Receipt:
        """See `Target.publish`. A live article stays live when a draft of its update is asked for."""
        if at:
            raise PublishError("Micropub knows no schedule.", remedy="Publish the article when its time has come.")
        site = MicropubSite(self._endpoint, self._token)
        standing = site.standing(article.key, last)
        if not overwrite:
            refuse_edits(standing, last, content_hash(article), place="the site")
        if standing and draft and standing.public:
            return _receipt(standing, article.key, _lost(article), changed=(LEFT,))
        if standing and _stands(standing, article, public=not draft):
            return _receipt(standing, article.key, _lost(article), status="unchanged")
        changed: list[str] = []
        properties = self._properties(site, article, standing, changed, draft=draft)
        if standing is None:
            url = site.create(article, properties)
            changed.append(f"Made {url}")
        else:
            url = standing.url
            site.update(url, properties)
            changed.append(f"Updated {url}")
        return self._read_back(site, url, article, changed, draft=draft)

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        site = MicropubSite(self._endpoint, self._token)
        post = site.standing(key, last)
        if post is None:
            raise PublishError(
                f"The site holds no article with the key {key!r}.",
                remedy="Nothing is public there; there is nothing to do.",
            )
        if not post.public:
            return _receipt(post, key, (), status="withdrawn")
        site.act({"action": "update", "url": post.url, "replace": {"post-status": ["draft"]}})
        hidden = site.source(post.url)
        if hidden and hidden.public:
            raise PublishError(
                "The site does not know drafts: the article is still public.",
                remedy="Delete it there, or here; publishing it again makes it anew.",
            )
        return _receipt(hidden or post, key, (), status="withdrawn", changed=("Made it a draft",))

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        site = MicropubSite(self._endpoint, self._token)
        post = site.standing(key, last)
        if post:
            site.act({"action": "delete", "url": post.url})
        return Receipt(
            target="micropub", key=key, status="deleted", url=None, remote_id=post.url if post else "",
            content_hash="", at=now(), changed=(f"Deleted {post.url}",) if post else (),
        )  # fmt: skip

    def find(self, key: str) -> Receipt | None:
        post = MicropubSite(self._endpoint, self._token).search(key)
        return _receipt(post, key, ()) if post else None

    def check(self) -> tuple[str, ...]:
        site = MicropubSite(self._endpoint, self._token)
        config = site.config()
        told = [f"The endpoint at {urlsplit(self._endpoint).hostname} takes our token."]
        if not config.get("media-endpoint"):
            told.append("It takes no pictures: it names no media endpoint.")
        if site.listed() is None:
            told.append(
                "It cannot list its posts, so an article is found by our receipt alone: after a lost answer, "
                "look at the site before publishing again."
            )
        return tuple(told)

    def _properties(
        self, site: MicropubSite, article: Article, standing: Post | None, changed: list[str], *, draft: bool
    ) -> dict[str, list[Any]]:
        """The article as microformats; an empty list takes a property away."""
        photo: list[Any] = []
        if cover := article.cover:
            photo = [{"value": self._photo(site, cover, standing, changed), "alt": cover.alt}]
        body = _content(article)
        mark = Mark(key=article.key, content=content_hash(article), body=fingerprint(article.title, body))
        return {
            "name": [article.title],
            "summary": [article.dek] if article.dek else [],
            "content": [{"html": marked(body, mark)}],
            "category": list(article.tags),
            "published": [article.published_at],
            "photo": photo,
            "post-status": ["draft" if draft else "published"],
        }

    def _photo(self, site: MicropubSite, cover: Picture, standing: Post | None, changed: list[str]) -> str:
        """The cover's address at the site: that of any post which has it, else sent there."""
        posts = chain((standing,) if standing else (), site.listed() or ())
        if known := next((address for post in posts if (address := post.picture(cover))), None):
            return known
        changed.append(f"Sent the picture {file_name(cover)}")
        return site.upload(cover)

    def _read_back(self, site: MicropubSite, url: str, article: Article, changed: list[str], *, draft: bool) -> Receipt:
        post = site.source(url)
        if post is None:
            raise UnansweredError(
                f"The site does not show what was sent to {url}.", remedy="Wait a moment, then publish again."
            )
        if draft and post.public:
            site.act({"action": "delete", "url": url})
            raise PublishError(
                "The site does not know drafts and made the article public; it was deleted again at once.",
                remedy="Publish there without a draft before.",
            )
        if not post.intact:
            changed.append("The site changed the HTML it was sent: look whether footnotes still lead somewhere.")
        return _receipt(post, article.key, _lost(article), changed=changed)


def _receipt(
    post: Post, key: str, lost: Sequence[str], *, status: str | None = None, changed: Sequence[str] = ()
) -> Receipt:
    return Receipt(
        target="micropub",
        key=key,
        status=status or ("live" if post.public else "draft"),
        url=post.url if post.public else None,
        remote_id=post.url,
        content_hash=post.content_hash,
        at=now(),
        changed=tuple(changed),
        revision=post.revision,
        lost=tuple(lost),
    )


def _content(article: Article) -> str:
    """The body, and which picture goes with it."""
    picture = f"\n<!-- galley-picture:{article.cover.hash[:16]} -->" if article.cover else ""
    return "\n".join(blocks(article)) + picture


def _stands(post: Post, article: Article, *, public: bool) -> bool:
    return post.content_hash == content_hash(article) and post.public == public


def _lost(article: Article) -> tuple[str, ...]:
    told = ["Data for search engines (JSON-LD): Micropub has no place for it."]
    if article.canonical_url:
        told.append(f"The address of the original, {article.canonical_url}: Micropub cannot name one.")
    if article.description:
        told.append("The description for search engines: the site makes its own.")
    return tuple(told)
