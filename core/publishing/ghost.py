"""The `ghost` target: a Ghost site, 5 or 6, with a key of a custom integration.

The body goes as one HTML card, which Ghost keeps as it is (its own converter drops identifiers,
so footnotes would lead nowhere); it does not sanitise, we do. JSON-LD and our mark go into the
page's head, the key also into an internal tag by which the article is found in any state.
Ghost refuses an update of a post that was saved since it was read: that is its lock.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from pydantic import SecretStr

from core.errors import PublishError
from core.models import Article, Picture, Preview, Receipt
from core.publishing.body import ld_json, preview_page
from core.publishing.difference import article_words
from core.publishing.ghost_admin import API, GhostAdmin, GhostPost
from core.publishing.ghost_text import as_body, as_fields, lost_of, tag_slug
from core.publishing.mark import Mark, fingerprint, marked
from core.publishing.picture import file_name, picture_bytes
from core.publishing.record import content_hash
from core.publishing.standing import LEFT, is_edited, refuse_edits, slug_taken, the_one
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import file_size, now, utc


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What should stand there in the end."""

    article: Article
    status: str
    date: str
    slug: str
    lost: tuple[str, ...]


@TARGETS.register("ghost")
class Ghost:
    """A Ghost site.

    Args:
        url: the site's address, such as https://blog.example.org.
        admin_key: the Admin API key of a custom integration, from Ghost's Settings › Integrations.
    """

    capabilities = Capabilities(
        html=True,
        structured_data=True,
        canonical_url=True,
        description=True,
        drafts=True,
        schedule=True,
        preview=True,
        optimistic_lock=True,
        unpublish=True,
        delete=True,
        media=True,
        footnotes=True,
        read_back=True,
    )

    def __init__(self, *, url: str, admin_key: SecretStr) -> None:
        self._url = url
        self._key = admin_key
        self._signed_in: GhostAdmin | None = None

    # --- what a target does ---------------------------------------------------------------

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
        admin = self._admin()
        standing = self._standing(admin, article.key, last)
        if not overwrite:
            refuse_edits(standing, last, content_hash(article), place="Ghost")
        wish = self._wish(admin, article, standing, draft=draft, at=at)
        if standing and draft and standing.public:
            return self._receipt(admin, standing, article.key, wish.lost, changed=(LEFT,))
        if standing and _stands(standing, wish):
            return self._receipt(admin, standing, article.key, wish.lost, status="unchanged")
        if standing and standing.public and at:
            raise PublishError(
                "The article is public in Ghost already; an update of it cannot wait there.",
                remedy="Publish the update when its time has come, or take the article down first.",
            )
        holder = self._holder(admin, wish.slug, standing)
        if holder:
            raise slug_taken(wish.slug, f"post {holder} has it", place="Ghost")
        return self._carry_out(admin, wish, standing)

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        admin = self._admin()
        standing = self._standing(admin, article.key, last)
        wish = self._wish(admin, article, standing, draft=False, at=None)
        body = as_body(article)
        done = standing is not None and _stands(standing, wish)
        return Preview(
            target="ghost",
            page=preview_page(article, body),
            requests=() if done else tuple(self._requests(admin, wish, standing, len(body.encode()))),
            lost=wish.lost,
            sent=article_words(escape(article.title), body),
            standing=article_words(escape(standing.title), standing.body) if standing else None,
            edited=is_edited(standing, last, content_hash(article)),
        )

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        admin = self._admin()
        post = self._standing(admin, key, last)
        if post is None:
            raise PublishError(
                f"Ghost holds no article with the key {key!r}.",
                remedy="Nothing is public there; there is nothing to do.",
            )
        taken_down = post.status != "draft"
        if taken_down:
            post = admin.write(post, {"status": "draft"})
        changed = ("Made it a draft",) if taken_down else ()
        return self._receipt(admin, post, key, (), status="withdrawn", changed=changed)

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        admin = self._admin()
        posts = {post.id: post for post in _with_key(admin, key)}
        held = admin.post(last.remote_id) if last and last.remote_id else None
        if held and held.mark and held.mark.key == key:
            posts[held.id] = held
        for id in posts:
            admin.remove(id)
        if posts:
            admin.remove_tag(tag_slug(key))
        return Receipt(
            target="ghost",
            key=key,
            status="deleted",
            url=None,
            remote_id="",
            content_hash="",
            at=now(),
            changed=tuple(f"Deleted post {id}" for id in sorted(posts)),
        )

    def find(self, key: str) -> Receipt | None:
        admin = self._admin()
        post = the_one(_with_key(admin, key))
        return self._receipt(admin, post, key, ()) if post else None

    def check(self) -> tuple[str, ...]:
        admin = self._admin()
        admin.sign_in()
        return (f"Signed in at {admin.title} ({admin.url}), Ghost {admin.version}.",)

    # --- inside ---------------------------------------------------------------

    def _admin(self) -> GhostAdmin:
        if self._signed_in is None:
            self._signed_in = GhostAdmin(self._url, self._key)
        return self._signed_in

    def _standing(self, admin: GhostAdmin, key: str, last: Receipt | None) -> GhostPost | None:
        if last and last.remote_id:
            post = admin.post(last.remote_id)
            if post:
                return post
        return the_one(_with_key(admin, key))

    def _wish(
        self, admin: GhostAdmin, article: Article, standing: GhostPost | None, *, draft: bool, at: str | None
    ) -> _Wish:
        there = datetime.now(UTC) + timedelta(seconds=admin.ahead_s)
        published = datetime.fromisoformat(utc(article.published_at))
        # Ghost takes a date in the future for a published post, and readers would see it.
        date = datetime.fromisoformat(utc(at)) if at and not draft else min(published, there)
        return _Wish(
            article=article,
            status="draft" if draft else "scheduled" if at else "published",
            date=date.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            slug=standing.slug if standing else article.slug,
            lost=lost_of(article),
        )

    def _holder(self, admin: GhostAdmin, slug: str, standing: GhostPost | None) -> str | None:
        """The id of another post or page at this address."""
        quoted = slug.replace("'", "\\'")
        asked = f"slug:'{quoted}'"
        held = [post.id for post in admin.posts(asked)] + admin.pages(asked)
        return next((id for id in held if standing is None or id != standing.id), None)

    def _carry_out(self, admin: GhostAdmin, wish: _Wish, standing: GhostPost | None) -> Receipt:
        changed: list[str] = []
        picture = self._picture(admin, wish.article.cover, standing, changed)
        fields = as_fields(wish.article, slug=wish.slug, date=wish.date, picture=picture)
        written = fingerprint(wish.article.title, as_body(wish.article), fields["custom_excerpt"] or "")

        def head(url: str, written: str) -> str:
            data = ld_json(wish.article, url=url, publisher=admin.title, publisher_url=admin.url, image=picture or None)
            mark = Mark(key=wish.article.key, content=content_hash(wish.article), body=written)
            return marked(data, mark)

        url = standing.url if standing and standing.public else f"{admin.url}/{wish.slug}/"
        fields["codeinjection_head"] = head(url, written)
        post = standing
        if post is None:
            post = admin.write(None, {**fields, "status": "draft", "visibility": "public"})
            changed.append(f"Made post {post.id} as a draft")
            self._keep_address(admin, wish, post)
        if standing or wish.status != "draft":
            post = admin.write(post, {**fields, "slug": post.slug, "status": wish.status})
            done = {"draft": "Saved it", "scheduled": "Scheduled it", "published": "Made it public"}
            changed.append(done[wish.status])
        if not post.intact or (post.public and post.url != url):
            # Not known before: an address by a route of its own, or words that Ghost set anew.
            post = admin.write(post, {"codeinjection_head": head(post.url if post.public else url, post.written)})
        if post.status != wish.status:
            raise PublishError(
                f"Ghost left the article {post.status!r} instead of {wish.status!r}.",
                remedy="Look at the post in Ghost, then publish again.",
            )
        return self._receipt(admin, post, wish.article.key, wish.lost, changed=changed)

    def _keep_address(self, admin: GhostAdmin, wish: _Wish, made: GhostPost) -> None:
        """Ghost numbers an address that is taken or reserved, and spells other scripts in Latin letters."""
        numbered = re.fullmatch(r"(.+)-\d+", made.slug)
        copied = numbered is not None and self._holder(admin, numbered[1], made) is not None
        if made.slug != wish.slug and (wish.slug.isascii() or copied):
            admin.remove(made.id)
            raise slug_taken(wish.slug, f"Ghost would have made it {made.slug!r}", place="Ghost")

    def _picture(self, admin: GhostAdmin, cover: Picture | None, standing: GhostPost | None, changed: list[str]) -> str:
        """The cover's address at Ghost, sent there if no post has it yet; empty without a cover.

        Ghost cannot be asked for a file. Posts are asked, then the place where an upload of
        this month whose answer was lost would lie.
        """
        if cover is None:
            return ""
        name = f"galley-{file_name(cover)}"
        stem = name.rpartition(".")[0]
        if standing and stem in standing.picture:
            return standing.picture
        known = admin.posts(f"feature_image:~'{stem}'")
        if known:
            return known[0].picture
        lying = f"content/images/{datetime.now(UTC):%Y/%m}/{name}"
        if admin.serves(lying):
            return f"{admin.url}/{lying}"
        changed.append(f"Sent the picture {name}")
        return admin.upload(name, picture_bytes(cover), cover.media_type)

    def _requests(self, admin: GhostAdmin, wish: _Wish, standing: GhostPost | None, size: int) -> Sequence[str]:
        posts = f"{admin.base_url}/{API}/posts"
        cover = wish.article.cover
        sent = []
        if cover and not (standing and cover.hash[:16] in standing.picture):
            size_there = file_size(len(picture_bytes(cover)))
            sent.append(f"POST {admin.base_url}/{API}/images/upload/ ({size_there}, unless it is there)")
        if standing is None:
            sent.append(f"POST {posts}/ (as a draft, {file_size(size)})")
        sent.append(f"PUT {posts}/{standing.id if standing else '…'}/ (public, {file_size(size)})")
        return sent

    def _receipt(
        self,
        admin: GhostAdmin,
        post: GhostPost,
        key: str,
        lost: Sequence[str],
        *,
        status: str | None = None,
        changed: Sequence[str] = (),
    ) -> Receipt:
        scheduled = post.status == "scheduled"
        return Receipt(
            target="ghost",
            key=key,
            status=status or ("live" if post.public else post.status),
            url=post.url if post.public else f"{admin.url}/{post.slug}/" if scheduled else None,
            remote_id=post.id,
            content_hash=post.content_hash,
            at=now(),
            changed=tuple(changed),
            revision=post.revision,
            preview_url=None if post.public else f"{admin.url}/p/{post.uuid}/",
            publish_at=utc(post.published_at) if scheduled else None,
            lost=tuple(lost),
        )


def _with_key(admin: GhostAdmin, key: str) -> list[GhostPost]:
    """Posts with the key's tag, which a copy made in Ghost would carry too."""
    return admin.posts(f"tag:{tag_slug(key)}")


def _stands(standing: GhostPost, wish: _Wish) -> bool:
    """Whether the same words stand there in the wanted state, at the wanted time."""
    on_time = wish.status != "scheduled" or utc(standing.published_at) == utc(wish.date)
    return standing.content_hash == content_hash(wish.article) and standing.status == wish.status and on_time
