"""The `wordpress` target: a WordPress site, with an application password.

What is wanted is compared with what stands there; how the one becomes the other is told in
`wordpress_wish`. The text goes as blocks of its editor: a person who opens it there finds
paragraphs, not code.
"""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from pydantic import SecretStr

from core.errors import PublishError
from core.models import Article, Preview, Receipt
from core.publishing.body import blocks, preview_page
from core.publishing.connection import Connection
from core.publishing.difference import article_words
from core.publishing.mark import carrier
from core.publishing.record import content_hash
from core.publishing.standing import LEFT, is_edited, refuse_edits, the_one
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import now
from core.publishing.wordpress_door import Door, Post
from core.publishing.wordpress_rest import open_rest
from core.publishing.wordpress_text import lost_by_role
from core.publishing.wordpress_wish import Wish, carry_out, check_right, requests, wish_for
from core.publishing.wordpress_xmlrpc import XmlRpc

_REMEDIES = {
    401: "Make a new application password in WordPress under Users › Profile, and set it for this target.",
    403: "Give this user the role Author or Editor in WordPress, or allow the REST interface in its security plugin.",
    404: "Set the address of the WordPress itself; its REST interface is at /wp-json/.",
    413: "Use a smaller picture, or raise upload_max_filesize and post_max_size in PHP's settings.",
}


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
        if standing and wish.stands(standing):
            return self._receipt(standing, article.key, wish.lost, status="unchanged")
        if standing and standing.public and at:
            raise PublishError(
                "The article is public in WordPress already; an update of it cannot wait there.",
                remedy="Publish the update when its time has come, or take the article down first.",
            )
        post, changed, lost = carry_out(door, wish, standing)
        return self._receipt(post, article.key, lost, changed=changed)

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        door = self._door()
        standing = self._standing(door, article.key, last)
        wish = self._wish(door, article, standing, draft=False, at=None)
        sends = () if wish.stands(standing) else requests(door, wish, standing)
        body = "".join(blocks(article))
        return Preview(
            target="wordpress",
            page=preview_page(article, body),
            requests=tuple(f"POST {self._connection.base_url}/{sent}" for sent in sends),
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
        check_right(door)
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

    def _wish(self, door: Door, article: Article, standing: Post | None, *, draft: bool, at: str | None) -> Wish:
        ahead_s = self._connection.skew_s
        return wish_for(article, door, standing, draft=draft, at=at, category=self._category, ahead_s=ahead_s)

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
