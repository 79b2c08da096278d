"""What should stand in a WordPress in the end, and the way there.

A new article is made as a draft, looked at, and only then made public, so that nothing half
done is ever seen. WordPress has no lock and gives an article whose address is taken another
one without asking, so both are looked up before anything is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.errors import PublishError
from core.models import Article
from core.publishing.body import ld_json
from core.publishing.mark import read_mark
from core.publishing.picture import file_name, picture_bytes
from core.publishing.record import content_hash
from core.publishing.standing import slug_taken
from core.publishing.wording import file_size, utc
from core.publishing.wordpress_door import Door, Fields, Post, State, same_name
from core.publishing.wordpress_text import as_fields, fitting, lost_of, with_mark

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
class Wish:
    """What should stand there in the end."""

    article: Article
    state: State
    date: str
    slug: str
    category: str
    """Empty leaves it to WordPress."""
    lost: tuple[str, ...]

    def stands(self, post: Post | None) -> bool:
        """Whether the same words stand there in the wanted state, at the wanted time."""
        if post is None or post.content_hash != content_hash(self.article):
            return False
        return post.status == self.state and (self.state != "future" or post.date_gmt == self.date)


def wish_for(
    article: Article, door: Door, standing: Post | None, *, draft: bool, at: str | None, category: str, ahead_s: float
) -> Wish:
    """The wish of a publication.

    Args:
        standing: the article's post as it is now.
        ahead_s: how far WordPress's clock is ahead of ours.
    """
    there = datetime.now(UTC) + timedelta(seconds=ahead_s)
    published = datetime.fromisoformat(utc(article.published_at))
    # A date in the future would schedule it: WordPress goes by its own clock.
    date = datetime.fromisoformat(utc(at)) if at and not draft else min(published, there)
    keeps_address = standing is not None and standing.status in ("publish", "future") and standing.slug
    keeps_scripts = standing.keeps_scripts if standing else None
    return Wish(
        article=article,
        state="draft" if draft else "future" if at else "publish",
        date=date.strftime("%Y-%m-%dT%H:%M:%S"),
        slug=standing.slug if standing and keeps_address else fitting(article.slug),
        category=category,
        lost=lost_of(article, door.way, door.person.may, keeps_scripts=keeps_scripts),
    )


def requests(door: Door, wish: Wish, standing: Post | None) -> Sequence[str]:
    """What `carry_out` would send, in order, without the site's address."""
    cover, tags = wish.article.cover, wish.article.tags
    size = file_size(len(as_fields(wish.article)["content"].encode()))
    media, term, make, change = _ADDRESSES[door.way]
    sent = [f"{term} (for each of its {len(tags)} tags that is missing)"] if tags else []
    if cover and "upload_files" in door.person.may:
        sent.append(f"{media} ({file_size(len(picture_bytes(cover)))}, unless it is there)")
    if standing is None:
        sent.append(f"{make} (as a draft, {size})")
    sent.append(f"{change}{standing.id if standing else '…'} (public, {size})")
    return sent


def check_right(door: Door) -> None:
    """See that this role may publish.

    Raises:
        PublishError: this role may not publish.
    """
    if "publish_posts" not in door.person.may:
        raise PublishError(
            f"{door.person.name} ({', '.join(door.person.roles)}) may not publish at {door.site_title}.",
            remedy="Give this user the role Author or Editor in WordPress, or keep to drafts.",
        )


def carry_out(door: Door, wish: Wish, standing: Post | None) -> tuple[Post, list[str], list[str]]:
    """Make it so.

    Returns:
        The post as it stands then, what was done, and what was lost.

    Raises:
        SlugTakenError: its address is another article's.
        PublishError: this role may not publish, or WordPress did something else.
    """
    _make_room(door, wish, standing)
    changed: list[str] = []
    lost = [*wish.lost]
    more = _attachments(door, wish, standing, changed, lost)
    post = standing
    if post is None:
        post = door.write(None, {**as_fields(wish.article), **more, "status": "draft", "date_gmt": wish.date})
        changed.append(f"Made post {post.id} as a draft")
    if standing or wish.state != "draft":
        script = _script(door, wish, post)
        fields: Fields = {**as_fields(wish.article, script), **more, "status": wish.state, "date_gmt": wish.date}
        post = door.write(post.id, fields)
        changed.append({"draft": "Saved it", "future": "Scheduled it", "publish": "Made it public"}[wish.state])
    if not post.intact:
        # Somebody's filter changed the words: the mark says what stands, so that it is not taken for an edit.
        body, _ = read_mark(post.content)
        post = door.write(post.id, {"content": with_mark(wish.article, body, post.written)})
        lost.append("Parts of the HTML: a filter there changed them; compare the page with the preview.")
    _verify(door, wish, post, made=standing is None)
    return post, changed, lost


def _make_room(door: Door, wish: Wish, standing: Post | None) -> None:
    """Nothing is written that will not do: the right to publish, and an address nobody has."""
    if wish.state != "draft":
        check_right(door)
    others = [id for id in door.holders(wish.slug) if standing is None or id != standing.id]
    if others:
        raise slug_taken(wish.slug, f"post {others[0]} has it", place="WordPress")


def _attachments(door: Door, wish: Wish, standing: Post | None, changed: list[str], lost: list[str]) -> Fields:
    """Ids of tags, category and picture; made where they are missing."""
    fields: Fields = {"slug": wish.slug}
    # The category is ours to choose once: afterwards people there sort their site.
    category = (wish.category,) if wish.category and standing is None else ()
    for taxonomy, names in (("tags", wish.article.tags), ("categories", category)):
        ids = {name: door.term(taxonomy, name) for name in names}
        lost += [f"{name!r} of its {taxonomy}: this role may not make it." for name, id in ids.items() if id is None]
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


def _script(door: Door, wish: Wish, post: Post) -> str:
    """JSON-LD, where this role's scripts survive and the address is known."""
    if not post.keeps_scripts or wish.state == "draft":
        return ""
    return ld_json(wish.article, url=post.link, publisher=door.site_title, publisher_url=door.site_url)


def _verify(door: Door, wish: Wish, post: Post, *, made: bool) -> None:
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
