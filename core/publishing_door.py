"""The studio's door to publishing: targets and their forms, details, previews, receipts.

Like all of the studio it reads rows and writes settings and decisions. A preview and a test
of a connection ask the target itself, from here, since a person waits for the answer; both
only read, and neither may take longer than a person waits.
"""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from core.errors import BriefError, PublishError
from core.models import Details, PageCheck, Pending, Picture, Preview, Publication, Receipt, Run, TargetForm
from core.settings import Settings, save_target_secrets
from core.store import Store

PATIENCE_S = 25.0
"""Longest wait for a target while a person looks on."""
REASON_TO_COME = "(the reason you give)"

Answer = TypeVar("Answer")


class PublishingDoor:
    """What screens and the command line ask about publishing.

    Args:
        settings: gives them as they are at this moment.
        save: keeps settings; raises SettingsError when they make no sense.
    """

    def __init__(
        self, store: Store, settings: Callable[[], Settings], save: Callable[[dict[str, Any]], Settings]
    ) -> None:
        self._store, self._settings, self._save = store, settings, save

    # --- targets ---

    def targets(self) -> list[TargetForm]:
        """Every target there is, with its form, its state and what it can do."""
        from core.agents.targets import forms

        return forms(self._settings())

    def offered(self) -> list[TargetForm]:
        """Those that articles can be sent to now, the default one first."""
        default = self._settings().target
        return sorted((form for form in self.targets() if form.offered), key=lambda form: form.name != default)

    def chosen(self, run: Run) -> list[str]:
        """The targets that are ticked: those a person ticked, else where it is, else where it usually goes."""
        names = [form.name for form in self.offered()]
        ticked = self.details(run.id).to
        if ticked is not None:
            return [name for name in names if name in ticked]
        there = [p.target for p in self._store.publications.of_run(run.id) if p.status not in ("planned", "deleted")]
        settings = self._settings()
        usual = [run.brief.target or settings.target, *settings.also_to]
        return [name for name in names if name in (there or usual)]

    def save_target(self, name: str, values: Mapping[str, str | None]) -> None:
        """Switch a target on with these settings; empty ones go back to their default, an empty secret stays as it is.

        Raises:
            SettingsError: a value makes no sense, or the secrets cannot be kept; nothing is saved.
        """
        from core.agents.targets import check_values, form

        secret = {field.name for field in form(name, self._settings()).fields if field.secret}
        plain = {key: value.strip() for key, value in values.items() if key not in secret and value and value.strip()}
        check_values(name, plain)
        fresh = {key: value for key, value in values.items() if key in secret and value}
        if fresh:
            save_target_secrets(name, fresh)
        self._save({"targets": {**self._settings().targets, name: plain}})

    def forget_target(self, name: str) -> None:
        """Offer it no more, and forget its secrets; what was published there stays."""
        from core.agents.targets import form

        secrets = {f.name: None for f in form(name, self._settings()).fields if f.secret and f.is_set}
        if secrets:
            save_target_secrets(name, secrets)
        self._save({"targets": {key: own for key, own in self._settings().targets.items() if key != name}})

    def test_connection(self, name: str) -> tuple[str, ...]:
        """What the target says of us: who we are there, what this role will lose.

        Raises:
            PublishError, SettingsError: publishing would fail; says why and what to do.
        """
        from core.agents.targets import target_for

        target = target_for(name, self._settings())
        return _in_time(target.check, f"{name} does not answer.")

    # --- how the article goes out ---

    def details(self, run_id: str) -> Details:
        """What a person set."""
        return self._store.publications.details(run_id)

    def suggested(self, run_id: str) -> Details:
        """What goes out where a person set nothing.

        Raises:
            PublishError: the run has no judged draft.
        """
        article = self._article(run_id, None)
        return Details(
            slug=article.slug, dek=article.dek, tags=article.tags, seo_title=article.seo_title or article.title,
            description=article.description or article.dek, canonical=self.details(run_id).canonical,
            cover=article.cover,
        )  # fmt: skip

    def slug_is_fixed(self, run_id: str) -> bool:
        """Whether the article has an address that readers know."""
        return any(p.version for p in self._store.publications.of_run(run_id))

    def tick(self, run_id: str, names: list[str], *, by: str) -> None:
        """Remember where this article is to go."""
        details = replace(self.details(run_id), to=tuple(names))
        self._store.publications.put_details(run_id, details, by=by)

    def save_details(self, run_id: str, details: Details, *, by: str) -> None:
        """Keep what a person set; the slug stays once it was published.

        Raises:
            PublishError: the slug would change although readers have it.
        """
        from core.publishing.article import slugify

        slug = slugify(details.slug) if details.slug.strip() else ""
        before = self.details(run_id).slug
        if self.slug_is_fixed(run_id) and slug != before and slug != self._article(run_id, None).slug:
            raise PublishError("The address is fixed: readers have it.", remedy="Keep the address; change the title.")
        kept = replace(details, slug=slug, to=details.to if details.to is not None else self.details(run_id).to)
        self._store.publications.put_details(run_id, kept, by=by)

    def take_picture(self, content: bytes, alt: str) -> Picture:
        """Keep an uploaded picture for use as a cover.

        Raises:
            PublishError: it is no picture, too large, or of a kind that is not published.
        """
        from core.agents.pictures import take_in

        return take_in(content, alt, self._settings())

    # --- previews ---

    def preview(self, run_id: str, target: str, *, reason: str = "") -> Preview:
        """What publishing the run's present draft there would do. Asks the target, writes nothing.

        Raises:
            PublishError, SettingsError: it cannot be told, and publishing would fail the same way.
        """
        from core.agents.targets import target_for

        row = self._row(run_id, target)
        article = self._article(run_id, row, target=target, reason=reason)
        last = self._store.publications.last_receipt(row.id) if row else None
        there = target_for(target, self._settings())
        return _in_time(lambda: there.preview(article, last=last), f"{target} does not answer.")

    def _row(self, run_id: str, target: str) -> Publication | None:
        return next((p for p in self._store.publications.of_run(run_id) if p.target == target), None)

    def _article(self, run_id: str, row: Publication | None, *, target: str = "", reason: str = "") -> Any:
        from core.agents.payload import article_for

        run = self._store.runs.get(run_id)
        if run is None or run.draft_id is None:
            raise PublishError("This run has no article yet.", remedy="Let it write one first.")
        canonical = self.details(run_id).canonical
        there = self._row(run_id, canonical) if canonical and canonical != target else None
        return article_for(
            self._store.drafts.get(run.draft_id), row, store=self._store, brief=run.brief, settings=self._settings(),
            by="you", reason=reason or REASON_TO_COME, canonical_url=there.url if there and there.public else None,
        )  # fmt: skip

    def file(self, run_id: str, format: Any) -> bytes:
        """The run's article as a file: `html`, `pdf`, `docx` or `md`.

        Raises:
            PublishError, BriefError: it cannot be set in this format.
        """
        from core.export import article_file

        run = self._store.runs.get(run_id)
        if run is None:
            raise BriefError(f"There is no run {run_id!r}.", remedy="`python -m core runs` lists them.")
        return article_file(run, self._store, self._settings(), format).read_bytes()

    # --- what became of it ---

    def receipts(self, publication_id: int) -> list[Receipt]:
        """Newest first."""
        return self._store.publications.receipts(publication_id)

    def pending(self, publication_id: int) -> Pending | None:
        """What waits for its time there."""
        found = self._store.publications.pending(publication_id)
        return found[0] if found else None

    def check_page(self, publication_id: int) -> PageCheck:
        """Look at the public page again, now."""
        from core.agents.public_page import look
        from core.publishing.record import from_data

        row = self._store.publications.get(publication_id)
        stored = self._store.publications.article(publication_id)
        if not row.url or not stored:
            raise PublishError("There is no public page to look at.", remedy="Publish the article first.")
        check = look(row.url, from_data(json.loads(stored)), pauses_s=())
        self._store.publications.set(publication_id, checked=check)
        return check

    # --- decisions ---

    def reason_given(self, run_id: str) -> str | None:
        """The reason a person gave last for publishing although not everything was supported."""
        reasons = [d.data.get("reason") for d in self._store.decisions.of_run(run_id) if d.kind == "publish"]
        return next((reason for reason in reversed(reasons) if reason), None)

    def may_publish(self, by: str) -> bool:
        """Whether this person decides what readers see."""
        from core.agents.payload import NOBODY

        approvers = self._settings().approvers
        return not approvers or by in (*approvers, *NOBODY)

    def checked_decision(self, kind: str, data: dict[str, Any], *, by: str) -> dict[str, Any]:
        """A decision about publishing, with its time in our form.

        Raises:
            PublishError: this person may not publish, or a target is not set up.
            BriefError: the time is none, or lies in the past.
        """
        if not self.may_publish(by):
            who = ", ".join(self._settings().approvers)
            raise PublishError(f"{by} may not publish here; {who} may.", remedy="Ask one of them to approve it.")
        names = data.get("targets") or ([data["target"]] if data.get("target") else [])
        known = {form.name: form for form in self.targets()}
        for name in names:
            if name not in known:
                raise PublishError(f"There is no target {name!r}.", remedy=f"Choose from: {', '.join(known)}.")
            if kind == "publish" and not known[name].offered:
                missing = f": {', '.join(known[name].missing)} missing" if known[name].missing else ""
                raise PublishError(
                    f"{known[name].title} is not set up{missing}.", remedy="Do so under Settings › Publishing."
                )
        return {**data, "at": _future(data["at"])} if data.get("at") else data


def _future(at: str) -> str:
    """The time in UTC, in the store's form.

    Raises:
        BriefError: it is no time, or it is past.
    """
    try:
        when = datetime.fromisoformat(at)
    except ValueError as error:
        raise BriefError(f"{at!r} is no time.", remedy="Write it like 2030-01-31T08:00+01:00.") from error
    when = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    if when <= datetime.now(UTC):
        raise BriefError(f"{at} is past.", remedy="Choose a time in the future, or publish now.")
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _in_time(ask: Callable[[], Answer], late: str) -> Answer:
    pool = ThreadPoolExecutor(1, thread_name_prefix="target")
    try:
        return pool.submit(ask).result(PATIENCE_S)
    except TooLate as error:
        raise PublishError(late, remedy="See whether the site is up, then try again.") from error
    finally:
        pool.shutdown(wait=False)
