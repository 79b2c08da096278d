"""The file a record travels in: a ZIP with a list of every file's SHA-256, signed.

Nothing in it is compressed, times and order are fixed, and nothing optional is written. So
the same content gives the same bytes with any library, a file can be rebuilt from what is
read out of it and compared byte for byte, and there is no compression for a bomb to hide in.
Only the signature tells when it was made. Any ZIP program opens it.
"""

import base64
import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter, ValidationError

from core.errors import GalleyError
from core.record.contents import as_json
from core.record.keys import fingerprint, public_bytes, signed

FORMAT = 1
MANIFEST, SIGNATURE, RECORD, README = "manifest.json", "signature.json", "record.json", "README.txt"
MOST_BYTES = 200_000_000
MOST_FILES = 20_000
_NAME = re.compile(r"(?:record\.json|README\.txt|(?:texts|calls)/[0-9a-f]{64}\.txt)")
_WHEN = (1980, 1, 1, 0, 0, 0)
_WHAT = f"galley record {FORMAT}"


class RecordError(GalleyError):
    """A file is no record, or not the one that was signed.

    Args:
        found: everything that is wrong with it, most telling first.
    """

    def __init__(self, *found: str, remedy: str = "Ask for the record again where you got it from.") -> None:
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        super().__init__(found[0] + more, remedy=remedy)
        self.found = found


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Every file of the record but this one and its signature."""

    what: str
    run: str
    title: str
    files: tuple[FileEntry, ...]


@dataclass(frozen=True, kw_only=True)
class Signature:
    algorithm: str
    public_key: str
    """Base64."""
    fingerprint: str
    signed_at: str
    signature: str
    """Base64; of the time and the manifest's bytes, see `_message`."""


_MANIFEST = TypeAdapter(Manifest)
_SIGNATURE = TypeAdapter(Signature)


def pack(files: Mapping[str, bytes], *, run: str, title: str, key: Ed25519PrivateKey, at: str) -> bytes:
    """Seal files into a record.

    Args:
        files: `record.json` and the texts beside it.
        at: the time of signing; the only thing that differs between two records of one content.
    """
    files = {**files, README: _readme(title, fingerprint(public_bytes(key)))}
    entries = tuple(
        FileEntry(name=name, bytes=len(body), sha256=sha256(body).hexdigest()) for name, body in sorted(files.items())
    )
    manifest = as_json(asdict(Manifest(what=_WHAT, run=run, title=title, files=entries)))
    public = public_bytes(key)
    signature = Signature(
        algorithm="Ed25519", public_key=base64.b64encode(public).decode(), fingerprint=fingerprint(public),
        signed_at=at, signature=base64.b64encode(key.sign(_message(at, manifest))).decode(),
    )  # fmt: skip
    return _zipped({**files, MANIFEST: manifest, SIGNATURE: as_json(asdict(signature))})


def unpack(body: bytes) -> tuple[dict[str, bytes], Signature]:
    """The files of a record, once every byte of it is accounted for.

    Raises:
        RecordError: it is no record, was changed, or its signature does not fit; says what.
    """
    files = _unzipped(body)
    manifest, signature = _parsed(files)
    found = _differences(files, manifest)
    if not signed(
        _bytes(signature.public_key), _bytes(signature.signature), _message(signature.signed_at, files[MANIFEST])
    ):
        found.append(f"The signature does not fit: {MANIFEST} or {SIGNATURE} was changed.")
    if signature.algorithm != "Ed25519" or signature.fingerprint != fingerprint(_bytes(signature.public_key)):
        found.append(f"{SIGNATURE} was changed: the fingerprint in it is not its key's.")
    if not found and (at := _first_difference(body, _zipped(files))) is not None:
        found.append(f"The file was changed at byte {at:,}, outside the texts it holds.")
    if found:
        raise RecordError(*found)
    return files, signature


def _message(at: str, manifest: bytes) -> bytes:
    return f"{_WHAT}\n{at}\n".encode() + manifest


def _bytes(encoded: str) -> bytes:
    """Of base64; empty when it is none, which then fits nothing."""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""


def _differences(files: Mapping[str, bytes], manifest: Manifest) -> list[str]:
    listed = {entry.name: entry for entry in manifest.files}
    found = []
    for name in sorted({*files, *listed} - {MANIFEST, SIGNATURE}):
        if name not in files:
            found.append(f"{name} is missing.")
        elif name not in listed:
            found.append(f"{name} was added.")
        elif len(files[name]) != listed[name].bytes or sha256(files[name]).hexdigest() != listed[name].sha256:
            found.append(f"{name} was changed: its SHA-256 is not the one listed.")
    return found


def _parsed(files: Mapping[str, bytes]) -> tuple[Manifest, Signature]:
    for name in (MANIFEST, SIGNATURE, RECORD):
        if name not in files:
            raise RecordError(f"It holds no {name}, so it is not a record of Galley's.", remedy=_MAKE)
    parsed = []
    for name, kind in ((MANIFEST, _MANIFEST), (SIGNATURE, _SIGNATURE)):
        try:
            parsed.append(kind.validate_json(files[name]))
        except ValidationError as error:
            raise RecordError(f"{name} was changed: it cannot be read ({error.errors()[0]['msg']}).") from error
    manifest, signature = parsed
    if manifest.what != _WHAT:
        raise RecordError(f"It is a {manifest.what[:40]!r}, not a {_WHAT!r}.", remedy="Verify it with a newer Galley.")
    return manifest, signature


_MAKE = "Make one with: python -m core record RUN"


# --- the ZIP ---------------------------------------------------------------


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    first = [name for name in (README, MANIFEST, SIGNATURE) if name in files]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in [*first, *sorted(set(files) - set(first))]:
            member = zipfile.ZipInfo(name, _WHEN)
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            archive.writestr(member, files[name])
    return out.getvalue()


def _unzipped(body: bytes) -> dict[str, bytes]:
    """The files by name; nothing is written to disk and nothing larger than the file itself is made."""
    if len(body) > MOST_BYTES:
        raise RecordError(f"It has {len(body) // 1_000_000} MB; records have at most {MOST_BYTES // 1_000_000}.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            _check_members(members, len(body))
            return {member.filename: _read(archive, member) for member in members}
    except (zipfile.BadZipFile, struct.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise RecordError(f"It is not a whole ZIP file ({error}).", remedy=_MAKE) from error


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MOST_FILES:
        raise RecordError(f"It holds {len(members):,} files; records hold at most {MOST_FILES:,}.")
    names = [member.filename for member in members]
    strange = [name for name in names if name not in (MANIFEST, SIGNATURE) and not _NAME.fullmatch(name)]
    if strange:
        raise RecordError(f"It holds a file that no record has: {strange[0][:80]!r}.", remedy=_MAKE)
    if len(set(names)) < len(names):
        raise RecordError("It holds two files of one name.")
    packed = next((m.filename for m in members if m.compress_type != zipfile.ZIP_STORED), None)
    if packed or sum(member.file_size for member in members) > size:
        raise RecordError(f"{packed or 'A file'} in it is compressed; records are not.", remedy=_MAKE)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(member)
    except zipfile.BadZipFile as error:
        raise RecordError(f"{member.filename} was changed: its checksum is wrong ({error}).") from error


def _first_difference(one: bytes, other: bytes) -> int | None:
    if one == other:
        return None
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _readme(title: str, key: str) -> bytes:
    return f"""\
The record of an article: {title}

record.json   the article, its draft sentence by sentence with citations and verdicts, the plan,
              the evidence, scores, decisions, publications, receipts and model calls
texts/        the sources as they were read, each named by the SHA-256 of its text
calls/        what models were asked and answered
manifest.json the SHA-256 of every file; signature.json signs it (Ed25519)

To check it, on any machine with Galley: python -m core verify THIS_FILE
It was signed by the key {key}. Ask whoever gave you this file, by another way,
whether that is theirs; then check with --key as well.
""".encode()
