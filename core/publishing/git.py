"""The `git` target: an article as Markdown with front matter, committed and pushed.

For sites that a generator builds from a repository (GitHub Pages, Netlify, Cloudflare, a hook
of one's own). One publication is one commit with the article's file and its cover. The file
carries the article's key and a seal, so it is found without a receipt and an edit by hand
shows; its blob id is the revision, which neither a rebase nor a squash changes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from core.errors import EditedThereError, PublishError, SlugTakenError
from core.models import Article, Preview, Receipt
from core.publishing.body import blocks, preview_page
from core.publishing.front_matter import Generator, Layout, Written, read
from core.publishing.picture import file_name, picture_bytes
from core.publishing.plain import unescape
from core.publishing.record import content_hash
from core.publishing.repository import Moved, Repository
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import file_size, now, printable, web_address

TRIES = 4
"""How often a push is tried while others push to the same branch."""


LOST = ("Data for search engines (JSON-LD): the site's theme makes its own.",)

_COVER = re.compile(r"/covers/([0-9a-f]{16}\.\w+)\b")
_Plan = tuple[dict[str, bytes | None], str]


@dataclass(frozen=True)
class _There:
    """The article's file as it stands."""

    name: str
    text: str
    written: Written


@TARGETS.register("git")
class Git:
    """Markdown in a git repository that a site generator builds from.

    Args:
        path: a folder of ours for a clone.
        remote: the repository, as `git clone` takes it; git signs in as it does for you.
        base_url: the address of the built site.
        generator: what builds the site; decides where files lie and what stands above the text.
        branch: the branch the site is built from.
        folder: where articles lie, when it is not where the generator looks by default.
        author: who the commits are by, as `Name <address>`.
    """

    capabilities = Capabilities(
        markdown=True,
        canonical_url=True,
        description=True,
        optimistic_lock=True,
        unpublish=True,
        delete=True,
        media=True,
        footnotes=True,
        read_back=True,
    )

    def __init__(
        self,
        *,
        path: Path,
        remote: str,
        base_url: str,
        generator: Generator = "hugo",
        branch: str = "main",
        folder: str = "",
        author: str = "Galley <galley@localhost.localdomain>",
    ) -> None:
        self._repository = Repository(Path(path), remote=remote, branch=branch, author=author)
        self._layout = Layout(generator=generator, folder=folder.strip("/"), base_url=base_url.strip().rstrip("/"))
        if web_address(self._layout.base_url) != self._layout.base_url:
            raise PublishError(
                f"The site's address {base_url!r} is not a plain web address.",
                remedy="Set one like https://blog.example.org under Settings.",
            )

    # --- what a target does ---------------------------------------------------------------

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        """The article in a plain page, since the theme is the site's, and the file beside the one that stands there."""
        with self._repository.held():
            there = self._find(article.key)
            name = self._name(article, there)
            changes = self._changes(article, there, name)
            edited = self._edited(there, last) is not None
        sent = self._layout.write(article, name)
        where = f"to {self._repository.branch} of {self._repository.remote}"
        return Preview(
            target="git",
            page=preview_page(article, Markup("\n").join(blocks(article))),
            requests=tuple(f"git push {where}: {line}" for line in _told(changes)),
            lost=LOST,
            sent=_readable(sent),
            standing=_readable(there.text) if there else None,
            edited=edited,
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
        """Commit the article's file and its cover, and push; made anew on top when others pushed meanwhile.

        Raises:
            EditedThereError: the file was edited or removed since we wrote it.
            SlugTakenError: another file stands in its place.
        """
        if draft or at:
            raise PublishError(
                "A repository shows what is pushed: it holds no drafts of ours and no schedule.",
                remedy="Publish the article when it is ready for readers.",
            )
        name = ""

        def plan() -> _Plan:
            nonlocal name
            there = self._find(article.key)
            if not overwrite and (edited := self._edited(there, last)):
                raise edited
            name = self._name(article, there)
            title = " ".join(printable(article.title).split())
            return self._changes(article, there, name), f"{'Update' if there else 'Publish'}: {title}"

        with self._repository.held():
            told = self._pushed(plan, article.key)
            return self._receipt(article.key, name, "live" if told else "unchanged", content_hash(article), told)

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        """Mark the file so that the site no longer shows it; what stands in it stays."""
        name, content = "", ""

        def plan() -> _Plan:
            nonlocal name, content
            there = self._find(key)
            if there is None:
                raise PublishError(
                    f"The repository holds no article with the key {key!r}.",
                    remedy="Look at the article's receipts for where it was published.",
                )
            name, content = self._layout.hidden(there.name), there.written.content_hash
            if there.written.hidden:
                return {}, ""
            return {there.name: None, name: self._layout.hide(there.text).encode()}, f"Withdraw {there.name}"

        with self._repository.held():
            told = self._pushed(plan, key)
            return self._receipt(key, name, "withdrawn", content, told)

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        """Remove the file, and its cover when no other file names it; the history keeps them."""
        name = last.remote_id if last else ""

        def plan() -> _Plan:
            nonlocal name
            there = self._find(key)
            if there is None:
                return {}, ""
            name = there.name
            return {name: None, **self._orphans(there)}, f"Delete {name}"

        with self._repository.held():
            told = self._pushed(plan, key)
            return self._receipt(key, name, "deleted", "", told)

    def find(self, key: str) -> Receipt | None:
        """What the branch holds now; whether the site was built from it is for its address to show."""
        with self._repository.held():
            there = self._find(key)
            if there is None:
                return None
            status = "withdrawn" if there.written.hidden else "live"
            blob = self._repository.blob(there.name) or ""
            found = blob if there.written.edited else there.written.content_hash
            return self._receipt(key, there.name, status, found)

    def check(self) -> tuple[str, ...]:
        """Read the branch, and try whether we may push to it without changing anything."""
        with self._repository.held():
            head = self._repository.head
            self._repository.try_push()
        told = [
            f"Reads and may write branch {self._repository.branch}"
            + (f" at {head[:12]}." if head else ", still empty.")
        ]
        if self._layout.hint:
            told.append(self._layout.hint)
        return tuple(told)

    # --- inside ---------------------------------------------------------------

    def _find(self, key: str) -> _There | None:
        for name in self._repository.search(key):
            text = (self._repository.read(name) or b"").decode("utf-8", "replace")
            written = read(text)
            if written and written.key == key:
                return _There(name, text, written)
        return None

    def _name(self, article: Article, there: _There | None) -> str:
        """The article's file: the one it has, or a free one.

        Raises:
            SlugTakenError: somebody else's stands there.
        """
        if there:
            return self._layout.shown(there.name) if there.written.hidden else there.name
        name = self._layout.place(article)
        if self._repository.blob(name) is not None:
            raise SlugTakenError(
                f"{name} is another article's file.",
                remedy="Give this article another title or address; the one there is left alone.",
            )
        return name

    def _changes(self, article: Article, there: _There | None, name: str) -> dict[str, bytes | None]:
        """What a commit would hold; nothing when the same content already shows."""
        text = self._layout.write(article, name)
        if there and there.written == Written(key=article.key, content_hash=content_hash(article)):
            return {}
        files: dict[str, bytes | None] = {**self._orphans(there), there.name: None} if there else {}
        files[name] = text.encode()
        if article.cover:
            picture = f"{self._layout.media}/{file_name(article.cover)}"
            files[picture] = self._repository.read(picture) or picture_bytes(article.cover)
        return files

    def _orphans(self, there: _There) -> dict[str, None]:
        """The covers that only this file names."""
        covers = set(_COVER.findall(there.text))
        alone = [cover for cover in covers if self._repository.search(cover) == [there.name]]
        return {f"{self._layout.media}/{cover}": None for cover in alone}

    def _edited(self, there: _There | None, last: Receipt | None) -> EditedThereError | None:
        if there is not None and there.written.edited:
            return EditedThereError(
                f"{there.name} was edited in the repository since it was published.",
                remedy="Look at what was changed there, then keep it or overwrite it.",
            )
        if there is None and last is not None and last.status in ("live", "unchanged", "withdrawn"):
            return EditedThereError(
                f"{last.remote_id} was removed from the repository since it was published.",
                remedy="Leave it so, or overwrite to publish it again.",
            )
        return None

    def _pushed(self, plan: Callable[[], _Plan], key: str) -> tuple[str, ...]:
        """Carry out a plan, made anew when others pushed meanwhile; says what was done."""
        for last_try in (False,) * (TRIES - 1) + (True,):
            changes, subject = plan()
            if not changes:
                return ()
            try:
                commit = self._repository.push(changes, f"{subject}\n\nGalley-Key: {key}\n")
            except Moved:
                if last_try:
                    raise
                self._repository.fetch()
            else:
                return (f"Pushed commit {commit[:12]}", *_told(changes))
        raise AssertionError("the last try returns or raises")

    def _receipt(self, key: str, name: str, status: str, content: str, changed: tuple[str, ...] = ()) -> Receipt:
        shows = status in ("live", "unchanged")
        return Receipt(
            target="git",
            key=key,
            status=status,
            url=self._layout.address(name) if shows else None,
            remote_id=name,
            content_hash=content,
            at=now(),
            changed=changed,
            revision=self._repository.blob(name) or "",
            lost=LOST,
        )


def _told(changes: Mapping[str, bytes | None]) -> tuple[str, ...]:
    return tuple(
        f"{name} ({file_size(len(content))})" if content is not None else f"{name} (removed)"
        for name, content in changes.items()
    )


def _readable(text: str) -> str:
    """The file's words, a paragraph a line, without the marks that are ours."""
    lines = (unescape(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line.strip("- ") and not line.startswith("galley_"))
