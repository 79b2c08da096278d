"""The `wordpress` target: a WordPress site, with an application password.

A new article is made as a draft, looked at, and only then made public, so that nothing half
done is ever seen. WordPress has no lock and gives an article whose address is taken another
one without asking, so both are looked up before anything is written. The text goes as blocks
of its editor: a person who opens it there finds paragraphs, not code.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from urllib.parse import quote

from lxml import html as parser
from pydantic import SecretStr

from core.errors import PublishError, SlugTakenError
from core.models import Article, Preview, Receipt
from core.publishing.body import blocks, ld_json, preview_page
from core.publishing.connection import Connection
from core.publishing.difference import words
from core.publishing.mark import Mark, carrier, fingerprint, marked, read_mark
from core.publishing.picture import file_name, picture_bytes
from core.publishing.record import content_hash
from core.publishing.standing import is_edited, refuse_edits
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import file_size, utc
from core.publishing.wordpress_door import Door, Fields, Post, State, same_name
from core.publishing.wordpress_rest import open_rest
from core.publishing.wordpress_xmlrpc import XmlRpc

LONGEST_SLUG = 200
"""Bytes, percent-encoded: what WordPress's table holds."""

_REMEDIES = {
    401: "Make a new application password in WordPress under Users › Profile, and set it for this target.",
    403: "Give this user the role Author or Editor in WordPress, or allow the REST interface in its security plugin.",
    404: "Set the address of the WordPress itself; its REST interface is at /wp-json/.",
    413: "Use a smaller picture, or raise upload_max_filesize and post_max_size in PHP's settings.",
}


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What should stand there in the end."""

    article: Article
    state: State
    date: str
    slug: str
    lost: tuple[str, ...]


@TARGETS.register("wordpress")
class WordPress:
    """A WordPress site of your own.

    Args:
        url: the site's address, such as https://blog.example.org.
        user: the name you sign in with.
        password: an application password, made in WordPress under Users › Profile.
        category: the category articles go under; empty leaves it to WordPress.
    """

    capabilities = Capabilities(
        html=True,
        structured_data=True,
        drafts=True,
        schedule=True,
        unpublish=True,
        delete=True,
        media=True,
        footnotes=True,
        read_back=True,
    )

    def __init__(self, *, url: str, user: str, password: SecretStr, category: str = "") -> None:
        self._user = user
        self._password = password
        self._category = category.strip()
        login = b64encode(f"{user}:{password.get_secret_value()}".encode()).decode()
        self._connection = Connection(
            url,
            name="WordPress",
            authorise=lambda: {"Authorization": f"Basic {login}"},
            secrets=(password,),
            remedies=_REMEDIES,
        )
        self._way_in: Door | None = None

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
        door = self._door()
        standing = self._standing(door, article.key, last)
        if not overwrite:
            refuse_edits(standing, last, content_hash(article), place="WordPress")
        wish = self._wish(door, article, standing, draft=draft, at=at)
        if standing and draft and standing.public:
            left = "Left as it is: it is public, and its update goes out in one step."
            return self._receipt(standing, article.key, wish.lost, changed=(left,))
        if standing and _stands(standing, wish):
            return self._receipt(standing, article.key, wish.lost, status="unchanged")
        if standing and standing.public and at:
            raise PublishError(
                "The article is public in WordPress already; an update of it cannot wait there.",
                remedy="Publish the update when its time has come, or take the article down first.",
            )
        self._make_room(door, wish, standing)
        return self._carry_out(door, wish, standing)

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        door = self._door()
        standing = self._standing(door, article.key, last)
        wish = self._wish(door, article, standing, draft=False, at=None)
        done = standing is not None and _stands(standing, wish)
        body = "".join(blocks(article))
        return Preview(
            target="wordpress",
            page=preview_page(article, body),
            requests=() if done else tuple(self._requests(door, wish, standing)),
            lost=wish.lost,
            sent=_words(escape(article.title), body),
            standing=_words(standing.title, standing.body) if standing else None,
            edited=is_edited(standing, last, content_hash(article)),
        )

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        door = self._door()
        post = self._standing(door, key, last)
        if post is None:
            raise PublishError(
                f"WordPress holds no article with the key {key!r}.",
                remedy="Nothing is public there; look in its trash for what became of it.",
            )
        taken_down = post.public or post.status == "future"
        if taken_down:
            post = door.write(post.id, {"status": "draft"})
        return self._receipt(post, key, (), status="withdrawn", changed=("Made it a draft",) if taken_down else ())

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        door = self._door()
        ids = {post.id for post in _with_key(door, key)}
        held = door.post(int(last.remote_id)) if last and last.remote_id else None
        if held and held.mark and held.mark.key == key:
            ids.add(held.id)
        for id in ids:
            door.remove(id)
        return Receipt(
            target="wordpress",
            key=key,
            status="deleted",
            url=None,
            remote_id="",
            content_hash="",
            at=_now(),
            changed=tuple(f"Deleted post {id}" for id in sorted(ids)),
        )

    def find(self, key: str) -> Receipt | None:
        post = _only(_with_key(self._door(), key))
        return self._receipt(post, key, ()) if post else None

    def check(self) -> tuple[str, ...]:
        door = self._door()
        person = door.person
        self._may_publish(door)
        role = " and ".join(person.roles) or "no role"
        return (
            f"Signed in at {door.site_title} ({door.site_url}) as {person.name}, {role}, by {door.way}.",
            *self._lost(door, None),
        )

    # --- inside ---------------------------------------------------------------

    def _door(self) -> Door:
        """REST, or XML-RPC where REST is shut to somebody whom XML-RPC lets in."""
        if self._way_in is None:
            try:
                self._way_in = open_rest(self._connection)
            except PublishError as shut:
                try:
                    self._way_in = XmlRpc(self._connection, user=self._user, password=self._password)
                except PublishError:
                    raise shut from None
        return self._way_in

    def _standing(self, door: Door, key: str, last: Receipt | None) -> Post | None:
        """The post of this article; None when there is none, or only in the trash."""
        if last and last.remote_id:
            post = door.post(int(last.remote_id))
            if post and post.status != "trash":
                return post
        return _only(_with_key(door, key))

    def _wish(self, door: Door, article: Article, standing: Post | None, *, draft: bool, at: str | None) -> _Wish:
        there = datetime.now(UTC) + timedelta(seconds=self._connection.skew_s)
        published = datetime.fromisoformat(utc(article.published_at))
        # A date in the future would schedule it: WordPress goes by its own clock.
        date = datetime.fromisoformat(utc(at)) if at and not draft else min(published, there)
        keeps_address = standing is not None and standing.status in ("publish", "future") and standing.slug
        return _Wish(
            article=article,
            state="draft" if draft else "future" if at else "publish",
            date=date.strftime("%Y-%m-%dT%H:%M:%S"),
            slug=standing.slug if standing and keeps_address else _fitting(article.slug),
            lost=self._lost(door, article, standing),
        )

    def _make_room(self, door: Door, wish: _Wish, standing: Post | None) -> None:
        """Nothing is written that will not do: the right to publish, and an address nobody has."""
        if wish.state != "draft":
            self._may_publish(door)
        others = [id for id in door.holders(wish.slug) if standing is None or id != standing.id]
        if others:
            raise _taken(wish.slug, f"post {others[0]} has it")

    def _carry_out(self, door: Door, wish: _Wish, standing: Post | None) -> Receipt:
        changed: list[str] = []
        article = wish.article
        more = self._attachments(door, wish, standing, changed)
        post = standing
        if post is None:
            post = door.write(None, {**_text(wish.article), **more, "status": "draft", "date_gmt": wish.date})
            changed.append(f"Made post {post.id} as a draft")
        if standing or wish.state != "draft" or not post.intact:
            script = self._script(door, wish, post)
            fields: Fields = {**_text(wish.article, script), **more, "status": wish.state, "date_gmt": wish.date}
            post = door.write(post.id, fields)
            changed.append({"draft": "Saved it", "future": "Scheduled it", "publish": "Made it public"}[wish.state])
        lost = wish.lost
        if not post.intact:
            # Somebody's filter changed the words: the mark says what stands, so that it is not taken for an edit.
            body, _ = read_mark(post.content)
            post = door.write(post.id, {"content": _with_mark(article, body, post.written)})
            lost = (*lost, "Parts of the HTML: a filter there changed them; compare the page with the preview.")
        self._verify(door, wish, post, made=standing is None)
        return self._receipt(post, article.key, lost, changed=changed)

    def _verify(self, door: Door, wish: _Wish, post: Post, *, made: bool) -> None:
        """A 200 proves nothing: is it in the wanted state, and at the wanted address?"""
        if wish.state != "draft" and not same_name(post.slug, wish.slug):
            if made:
                door.remove(post.id)
            else:
                door.write(post.id, {"status": "draft", "slug": wish.slug})
            raise _taken(wish.slug, f"WordPress would have made it {post.slug!r}")
        if post.status != wish.state:
            raise PublishError(
                f"WordPress left the article {post.status!r} instead of {wish.state!r}.",
                remedy="See whether a plugin there holds articles back for review, and release it there.",
            )

    def _attachments(self, door: Door, wish: _Wish, standing: Post | None, changed: list[str]) -> Fields:
        """Ids of tags, category and picture; made where they are missing."""
        fields: Fields = {"tags": [], "slug": wish.slug}
        for tag in wish.article.tags:
            id = door.term("tags", tag)
            if id is not None:
                fields["tags"].append(id)
        category = door.term("categories", self._category) if self._category and standing is None else None
        if category is not None:
            fields["categories"] = [category]
        cover = wish.article.cover
        if cover and "upload_files" in door.person.may:
            name = f"galley-{file_name(cover)}"
            id = door.picture(name.rpartition(".")[0], cover.alt)
            if id is None:
                id = door.upload(cover, picture_bytes(cover), name)
                changed.append(f"Sent the picture {name}")
            fields["featured_media"] = id
        elif standing:
            fields["featured_media"] = 0
        return fields

    def _script(self, door: Door, wish: _Wish, post: Post) -> str:
        """JSON-LD, where this role's scripts survive and the address is known."""
        if not post.keeps_scripts or wish.state == "draft":
            return ""
        return ld_json(wish.article, url=post.link, publisher=door.site_title, publisher_url=door.site_url)

    def _may_publish(self, door: Door) -> None:
        if "publish_posts" not in door.person.may:
            raise PublishError(
                f"{door.person.name} ({', '.join(door.person.roles)}) may not publish at {door.site_title}.",
                remedy="Give this user the role Author or Editor in WordPress, or keep to drafts.",
            )

    def _lost(self, door: Door, article: Article | None, standing: Post | None = None) -> tuple[str, ...]:
        """What this way in and this role cannot carry, and with an article what WordPress has no field for."""
        lost = []
        pictured = article is None or article.cover is not None
        keeps_scripts = standing.keeps_scripts if standing else "unfiltered_html" in door.person.may
        if door.way == "XML-RPC":
            lost.append("JSON-LD for search engines: it is not sent over XML-RPC.")
        elif not keeps_scripts:
            lost.append("JSON-LD for search engines: WordPress takes scripts from editors and administrators only.")
        if pictured and "upload_files" not in door.person.may:
            lost.append("The picture: this role may not upload files.")
        elif pictured and door.way == "XML-RPC":
            lost.append("The picture's alternative text: XML-RPC has no field for it.")
        if article and article.canonical_url:
            lost.append("The canonical address: WordPress names its own page unless an SEO plugin says otherwise.")
        if article and article.seo_title and article.seo_title != article.title:
            lost.append("The title for search engines: WordPress has no field for it without an SEO plugin.")
        if article and article.description and article.description != article.dek:
            lost.append("The description for search engines: WordPress has no field for it without an SEO plugin.")
        return tuple(lost)

    def _requests(self, door: Door, wish: _Wish, standing: Post | None) -> Sequence[str]:
        site = self._connection.base_url
        cover = wish.article.cover
        size = file_size(len(_text(wish.article)["content"].encode()))
        there = "wp-json/wp/v2" if door.way == "REST" else "xmlrpc.php"
        sent = []
        if cover and "upload_files" in door.person.may:
            sent.append(f"POST {site}/{there}/media ({file_size(len(picture_bytes(cover)))}, unless it is there)")
        if standing is None:
            sent.append(f"POST {site}/{there}/posts (as a draft, {size})")
        sent.append(f"POST {site}/{there}/posts/{standing.id if standing else '…'} (public, {size})")
        return sent

    def _receipt(
        self, post: Post, key: str, lost: Sequence[str], *, status: str | None = None, changed: Sequence[str] = ()
    ) -> Receipt:
        states = {"publish": "live", "future": "scheduled"}
        return Receipt(
            target="wordpress",
            key=key,
            status=status or states.get(post.status, "draft"),
            url=post.link if post.status in states else None,
            remote_id=str(post.id),
            content_hash=post.mark.content if post.mark and post.intact else fingerprint(post.content),
            at=_now(),
            changed=tuple(changed),
            revision=post.revision,
            publish_at=f"{post.date_gmt}Z" if post.status == "future" else None,
            lost=tuple(lost),
        )


def _with_key(door: Door, key: str) -> list[Post]:
    found = door.search(carrier(key))
    return sorted((post for post in found if post.mark and post.mark.key == key), key=lambda post: post.id)


def _only(posts: Sequence[Post]) -> Post | None:
    """The one post of a key: a public one before a draft, the older before a copy."""
    return min(posts, key=lambda post: (not post.public, post.id), default=None)


def _stands(standing: Post, wish: _Wish) -> bool:
    """Whether the same words stand there in the wanted state, at the wanted time."""
    mark = standing.mark
    same = mark is not None and standing.intact and mark.content == content_hash(wish.article)
    on_time = wish.state != "future" or standing.date_gmt == wish.date
    return same and standing.status == wish.state and on_time


def _text(article: Article, script: str = "") -> Fields:
    """Title, excerpt and body, with the mark of all three."""
    title, excerpt = escape(article.title, quote=False), escape(article.dek, quote=False)
    body = "\n\n".join([*map(_block, blocks(article)), *([_html_block(script)] if script else [])])
    written = fingerprint(title, body, excerpt)
    return {"title": title, "excerpt": excerpt, "content": _with_mark(article, body, written)}


def _with_mark(article: Article, body: str, written: str) -> str:
    return marked(body, Mark(key=article.key, content=content_hash(article), body=written))


def _block(element: str) -> str:
    """An element as a block of WordPress's editor."""
    kind = parser.fragment_fromstring(element).tag
    if kind == "p":
        return f"<!-- wp:paragraph -->\n{element}\n<!-- /wp:paragraph -->"
    if kind in ("h2", "h3"):
        level = ' {"level":3}' if kind == "h3" else ""
        return f"<!-- wp:heading{level} -->\n{element}\n<!-- /wp:heading -->"
    if kind == "hr":
        line = '<hr class="wp-block-separator has-alpha-channel-opacity" />'
        return f"<!-- wp:separator -->\n{line}\n<!-- /wp:separator -->"
    return _html_block(element)


def _html_block(markup: str) -> str:
    return f"<!-- wp:html -->\n{markup}\n<!-- /wp:html -->"


def _words(title: str, body: str) -> str:
    return words(f"<article><h1>{title}</h1>{body}</article>")


def _fitting(slug: str) -> str:
    """The slug, cut to what WordPress stores of it: it would cut in the middle of a letter."""
    while len(quote(slug)) > LONGEST_SLUG:
        slug = slug[:-1]
    return slug.rstrip("-")


def _taken(slug: str, how: str) -> SlugTakenError:
    return SlugTakenError(
        f"The address {slug!r} belongs to another article in WordPress ({how}).",
        remedy="Give this article another address, or rename the other one there.",
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
