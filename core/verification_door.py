"""The studio's door to verifying again: looks, proposed updates, the record."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from core.errors import BriefError, ConflictError
from core.markdown import to_markdown
from core.models import Run, Verification, Watch
from core.settings import Settings
from core.store import Store


class VerificationDoor:
    """What screens and the command line ask about published articles that live on.

    Args:
        settings: gives them as they are at this moment.
        decide: says something to a run, as `Studio.decide`.
    """

    def __init__(self, store: Store, settings: Callable[[], Settings], decide: Callable[..., None]) -> None:
        self._store, self._settings, self._decide = store, settings, decide

    def watch(self, run_id: str) -> Watch | None:
        """When the article's sources were and will be looked at; None when readers do not see it."""
        return self._store.watches.watch(run_id, now=time.time(), every_days=self._settings().recheck_days)

    def ask(self, run_id: str, *, by: str = "you") -> None:
        """Have a worker verify a published article now."""
        self._store.watches.ask(run_id, by=by)

    def newest(self, run_id: str) -> Verification | None:
        """What was found last; an open proposal is always part of it."""
        return next(iter(self._store.watches.of_run(run_id)), None)

    def waiting(self) -> list[tuple[Run, Verification]]:
        """Proposed updates that nobody has decided on, newest first."""
        found = ((self._store.runs.get(one.run_id), one) for one in self._store.watches.waiting())
        return [(run, one) for run, one in found if run is not None]

    def accept(self, verification_id: int, *, by: str = "you") -> None:
        """Make the proposed draft the run's present one; a worker judges it, and a person publishes it.

        Raises:
            ConflictError: somebody decided already, the article was edited since, or the run waits for nothing.
            BriefError: nothing was proposed that could be taken over.
        """
        found = self._open(verification_id)
        run = self._store.runs.get(found.run_id)
        if found.proposed_id is None or run is None:
            raise BriefError("There is no text to take over.", remedy="Edit the marked sentences by hand, or dismiss.")
        if run.draft_id != found.base_id:
            raise ConflictError(
                "The article was edited after this update was proposed.", remedy="Verify it again for a new proposal."
            )
        proposed = self._store.drafts.get(found.proposed_id)
        data: dict[str, Any] = {
            "draft_id": run.draft_id, "markdown": to_markdown(proposed), "note": proposed.note,
        }  # fmt: skip
        self._decide(found.run_id, "edit", by=by, data=data)
        self._settle(verification_id, "accepted", by)

    def dismiss(self, verification_id: int, *, by: str = "you") -> None:
        """Leave the article as it is; the same finding does not ask again.

        Raises:
            ConflictError: somebody decided already.
        """
        self._open(verification_id)
        self._settle(verification_id, "dismissed", by)

    def _open(self, verification_id: int) -> Verification:
        found = self._store.watches.get(verification_id)
        if found is None or found.proposal != "open":
            raise ConflictError("This was decided already, or newer findings took its place.", remedy="Reload.")
        return found

    def _settle(self, verification_id: int, proposal: str, by: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self._store.watches.decide(verification_id, proposal, by=by, at=at)

    # --- the record ---

    def record(self, run_id: str) -> bytes:
        """The run's record as a file, signed now.

        Raises:
            BriefError: it has no judged article.
            SettingsError: the key cannot be used.
        """
        from core.record.export import export

        return export(self._store, run_id, self._settings())

    def fingerprint(self) -> str | None:
        """Of the key that signs records here; None while there is none."""
        from core.record.keys import own_fingerprint

        return own_fingerprint(self._settings().data / "keys")
