"""One record per article, made whenever somebody asks for it."""

from core.record.contents import Record, to_json
from core.record.gather import gather
from core.record.keys import fingerprint, public_bytes, signing_key
from core.record.package import RECORD, pack
from core.settings import Settings
from core.store import Store
from core.store.database import now


def export(store: Store, run_id: str, settings: Settings, *, at: str | None = None) -> bytes:
    """A run's record, signed with this data folder's key.

    Args:
        at: the time of signing, ISO 8601; now unless given. All else depends on the content alone.

    Raises:
        BriefError: there is no such run, or it has no judged article.
        SettingsError: the key cannot be used.
    """
    record, texts = gather(store, run_id, settings)
    return sealed(record, texts, settings, at=at or now())


def sealed(record: Record, texts: dict[str, str], settings: Settings, *, at: str) -> bytes:
    """The record as one file, signed."""
    files = {name: text.encode() for name, text in texts.items()}
    return pack(
        {**files, RECORD: to_json(record)}, run=record.run.id, title=record.draft.title,
        key=signing_key(settings.data / "keys"), at=at,
    )  # fmt: skip


def key_fingerprint(settings: Settings) -> str:
    """Of the key that signs here; made now if there is none."""
    return fingerprint(public_bytes(signing_key(settings.data / "keys")))
