"""The key that signs records: made at first use, kept in `data/keys`, readable by its owner alone.

Ed25519 (RFC 8032): short keys, one way to use it, no parameters to get wrong. A fingerprint
is the first 128 bits of the SHA-256 of the public key, in groups of four to read aloud.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from core.errors import SettingsError

NAME = "record-ed25519.pem"


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key of this data folder; made now when there is none.

    Raises:
        SettingsError: it cannot be read or made, others may read it, or it is no such key.
    """
    path = folder / NAME
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise SettingsError(
                f"Others on this machine may read the signing key {str(path)!r}.",
                remedy=f"Run: chmod 600 {str(path)!r}; if somebody may have copied it, delete it: a new one is made.",
            )
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The signing key {str(path)!r} cannot be used ({error}).",
            remedy="Check the folder's permissions, or move the file away: a new key is made.",
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{str(path)!r} is not an Ed25519 key.", remedy="Move it away: a new key is made.")
    return key


def own_fingerprint(folder: Path) -> str | None:
    """The fingerprint of this data folder's key; None when it has none yet."""
    return fingerprint(public_bytes(signing_key(folder))) if (folder / NAME).exists() else None


def _make(path: Path) -> None:
    """Whoever is first makes it: a link is made only where nothing stands."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    body = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    making = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(making, path)
        except FileExistsError:
            return  # another process made it meanwhile: that one counts
    finally:
        making.unlink()


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """32 bytes."""
    return key.public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """Of a public key, to compare by eye.

    >>> fingerprint(bytes(32))
    '6668-7aad-f862-bd77-6c8f-c18b-8e9f-8e20'
    """
    digest = hashlib.sha256(public).hexdigest()[:32]
    return "-".join(re.findall("....", digest))


def same_fingerprint(one: str, other: str) -> bool:
    """Whether two fingerprints are one, however they are spaced or written."""

    def plain(text: str) -> str:
        return re.sub(r"[\s:-]", "", text).lower()

    return plain(one) == plain(other)


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the owner of this public key signed this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
