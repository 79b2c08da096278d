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

from pydantic import SecretStr

from core.errors import PublishError
from core.models import Article, Preview, Receipt
from core.publishing.body import blocks, ld_json, preview_page
from core.publishing.connection import Connection
from core.publishing.difference import article_words
from core.publishing.mark import carrier, read_mark
from core.publishing.picture import file_name, picture_bytes
from core.publishing.record import content_hash
from core.publishing.standing import LEFT, is_edited, refuse_edits, slug_taken, the_one
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import file_size, now, utc
from core.publishing.wordpress_door import Door, Fields, Post, State, same_name
from core.publishing.wordpress_rest import open_rest
from core.publishing.wordpress_text import as_fields, fitting, lost_by_role, lost_of, with_mark
from core.publishing.wordpress_xmlrpc import XmlRpc

_REMEDIES = {
    401: "Make a new application password in WordPress under Users › Profile, and set it for this target.",
    403: "Give this user the role Author or Editor in WordPress, or allow the REST interface in its security plugin.",
    404: "Set the address of the WordPress itself; its REST interface is at /wp-json/.",
    413: "Use a smaller picture, or raise upload_max_filesize and post_max_size in PHP's settings.",
}

_ADDRESSES = {
    "REST": ("wp-json/wp/v2/media", "wp-json/wp/v2/tags", "wp-json/wp/v2/posts", "wp-json/wp/v2/posts/"),
    "XML-RPC": (
        "xmlrpc.php wp.uploadFile",
        "xmlrpc.php wp.newTerm",
        "xmlrpc.php wp.newPost",
        "xmlrpc.php wp.editPost ",
    ),
}
"""Way in -> what pictures, tags, a new post and a change of one are sent to."""


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
            return self._receipt(standing, article.key, wish.lost, changed=(LEFT,))
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
            sent=article_words(escape(article.title), body),
            standing=article_words(standing.title, standing.body) if standing else None,
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
            at=now(),
            changed=tuple(f"Deleted post {id}" for id in sorted(ids)),
        )

    def find(self, key: str) -> Receipt | None:
        post = the_one(_with_key(self._door(), key))
        return self._receipt(post, key, ()) if post else None

    def check(self) -> tuple[str, ...]:
        door = self._door()
        person = door.person
        self._may_publish(door)
        role = " and ".join(person.roles) or "no role"
        return (
            f"Signed in at {door.site_title} ({door.site_url}) as {person.name}, {role}, by {door.way}.",
            *lost_by_role(door.way, door.person.may),
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
        return the_one(_with_key(door, key))

    def _wish(self, door: Door, article: Article, standing: Post | None, *, draft: bool, at: str | None) -> _Wish:
        there = datetime.now(UTC) + timedelta(seconds=self._connection.skew_s)
        published = datetime.fromisoformat(utc(article.published_at))
        # A date in the future would schedule it: WordPress goes by its own clock.
        date = datetime.fromisoformat(utc(at)) if at and not draft else min(published, there)
        may = door.person.may
        keeps_address = standing is not None and standing.status in ("publish", "future") and standing.slug
        return _Wish(
            article=article,
            state="draft" if draft else "future" if at else "publish",
            date=date.strftime("%Y-%m-%dT%H:%M:%S"),
            slug=standing.slug if standing and keeps_address else fitting(article.slug),
            lost=lost_of(article, door.way, may, keeps_scripts=standing.keeps_scripts if standing else None),
        )

    def _make_room(self, door: Door, wish: _Wish, standing: Post | None) -> None:
        """Nothing is written that will not do: the right to publish, and an address nobody has."""
        if wish.state != "draft":
            self._may_publish(door)
        others = [id for id in door.holders(wish.slug) if standing is None or id != standing.id]
        if others:
            raise slug_taken(wish.slug, f"post {others[0]} has it", place="WordPress")

    def _carry_out(self, door: Door, wish: _Wish, standing: Post | None) -> Receipt:
        changed: list[str] = []
        article = wish.article
        lost = [*wish.lost]
        more = self._attachments(door, wish, standing, changed, lost)
        post = standing
        if post is None:
            post = door.write(None, {**as_fields(wish.article), **more, "status": "draft", "date_gmt": wish.date})
            changed.append(f"Made post {post.id} as a draft")
        if standing or wish.state != "draft":
            script = self._script(door, wish, post)
            fields: Fields = {**as_fields(wish.article, script), **more, "status": wish.state, "date_gmt": wish.date}
            post = door.write(post.id, fields)
            changed.append({"draft": "Saved it", "future": "Scheduled it", "publish": "Made it public"}[wish.state])
        if not post.intact:
            # Somebody's filter changed the words: the mark says what stands, so that it is not taken for an edit.
            body, _ = read_mark(post.content)
            post = door.write(post.id, {"content": with_mark(article, body, post.written)})
            lost.append("Parts of the HTML: a filter there changed them; compare the page with the preview.")
        self._verify(door, wish, post, made=standing is None)
        return self._receipt(post, article.key, lost, changed=changed)

    def _verify(self, door: Door, wish: _Wish, post: Post, *, made: bool) -> None:
        """A 200 proves nothing: is it in the wanted state, and at the wanted address?"""
        if wish.state != "draft" and not same_name(post.slug, wish.slug):
            if made:
                door.remove(post.id)
            else:
                door.write(post.id, {"status": "draft", "slug": wish.slug})
            raise slug_taken(wish.slug, f"WordPress would have made it {post.slug!r}", place="WordPress")
        if post.status != wish.state:
            raise PublishError(
                f"WordPress left the article {post.status!r} instead of {wish.state!r}.",
                remedy="See whether a plugin there holds articles back for review, and release it there.",
            )

    def _attachments(
        self, door: Door, wish: _Wish, standing: Post | None, changed: list[str], lost: list[str]
    ) -> Fields:
        """Ids of tags, category and picture; made where they are missing."""
        fields: Fields = {"slug": wish.slug}
        # The category is ours to choose once: afterwards people there sort their site.
        category = (self._category,) if self._category and standing is None else ()
        for taxonomy, names in (("tags", wish.article.tags), ("categories", category)):
            ids = {name: door.term(taxonomy, name) for name in names}
            lost += [
                f"{name!r} of its {taxonomy}: this role may not make it." for name, id in ids.items() if id is None
            ]
            if names or taxonomy == "tags":
                fields[taxonomy] = [id for id in ids.values() if id is not None]
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

    def _requests(self, door: Door, wish: _Wish, standing: Post | None) -> Sequence[str]:
        cover, tags = wish.article.cover, wish.article.tags
        size = file_size(len(as_fields(wish.article)["content"].encode()))
        media, term, make, change = _ADDRESSES[door.way]
        sent = [f"{term} (for each of its {len(tags)} tags that is missing)"] if tags else []
        if cover and "upload_files" in door.person.may:
            sent.append(f"{media} ({file_size(len(picture_bytes(cover)))}, unless it is there)")
        if standing is None:
            sent.append(f"{make} (as a draft, {size})")
        sent.append(f"{change}{standing.id if standing else '…'} (public, {size})")
        return [f"POST {self._connection.base_url}/{request}" for request in sent]

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
            content_hash=post.content_hash,
            at=now(),
            changed=tuple(changed),
            revision=post.revision,
            publish_at=f"{post.date_gmt}Z" if post.status == "future" else None,
            lost=tuple(lost),
        )


def _with_key(door: Door, key: str) -> list[Post]:
    found = door.search(carrier(key))
    return sorted((post for post in found if post.mark and post.mark.key == key), key=lambda post: post.id)


def _stands(standing: Post, wish: _Wish) -> bool:
    """Whether the same words stand there in the wanted state, at the wanted time."""
    on_time = wish.state != "future" or standing.date_gmt == wish.date
    return standing.content_hash == content_hash(wish.article) and standing.status == wish.state and on_time
