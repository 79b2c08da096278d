"""A response's body, unpacked and cut at a limit while it arrives.

The limit counts unpacked bytes and is applied inside the decompressor: 64 kB of gzip can hold
64 MB, so unpacking a chunk first and measuring afterwards is too late.
"""

import zlib
from collections.abc import Iterable

from core.errors import ReadError

ENCODINGS = "gzip, deflate"
"""What the client asks for: only what can be unpacked piece by piece under a limit."""


def read_body(chunks: Iterable[bytes], *, encoding: str, most: int) -> tuple[bytes, bool]:
    """Unpack and join chunks.

    Args:
        encoding: the Content-Encoding header; empty means none.
        most: bytes after unpacking.

    Returns:
        `(body, truncated)`; a truncated body has exactly `most` bytes.

    Raises:
        ReadError: packed in a way we did not ask for, or damaged.
    """
    unpack = _unpacker(encoding)
    body = bytearray()
    for chunk in chunks:
        body += unpack(chunk, most + 1 - len(body))
        if len(body) > most:
            return bytes(body[:most]), True
    return bytes(body), False


class _Plain:
    def __call__(self, chunk: bytes, most: int) -> bytes:
        return chunk[:most]


class _Zip:
    """gzip (also several members in a row), zlib and bare deflate."""

    def __init__(self, *, deflate: bool) -> None:
        self._deflate = deflate
        self._begun = False
        self._stream = zlib.decompressobj(zlib.MAX_WBITS if deflate else zlib.MAX_WBITS | 16)

    def __call__(self, chunk: bytes, most: int) -> bytes:
        out = b""
        while chunk and len(out) < most:
            if self._stream.eof:
                if self._deflate:
                    break  # what follows the end of a deflate stream is padding
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out += self._step(chunk, most - len(out))
            chunk = self._stream.unused_data if self._stream.eof else b""
        return out

    def _step(self, chunk: bytes, most: int) -> bytes:
        try:
            out = self._stream.decompress(chunk, most)
        except zlib.error as error:
            if self._deflate and not self._begun:  # many servers send deflate without zlib's header
                self._begun = True
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
                return self._step(chunk, most)
            raise ReadError("The page arrived damaged: it cannot be unpacked.", remedy="Try it again later.") from error
        self._begun = True
        return out


def _unpacker(encoding: str) -> _Plain | _Zip:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _Plain()
    if name in ("gzip", "x-gzip"):
        return _Zip(deflate=False)
    if name == "deflate":
        return _Zip(deflate=True)
    raise ReadError(
        f"The page is packed as {encoding[:40]!r}, which was not asked for.",
        remedy="Open it in a browser and add it to the library.",
    )
