"""Connections of the web client: resolve, check, connect to what was checked, obey the deadline.

The check stands where the connection is made, on the very addresses that are then connected
to: a name that resolves differently the second time (DNS rebinding) finds no second time. The
host name stays in the Host header and in TLS, so certificates are verified as usual.

This is a network backend of httpcore (the engine below httpx), which is the one place that
sees host name and socket at once.
"""

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from core.errors import RefusedError
from core.reading.address import is_public
from core.reading.deadline import Deadline, in_force

CONNECT_S = 5.0
"""Most time for one address of a host; then the next address is tried."""

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port -> IP addresses as text, in the order to try them. OSError when there is none."""


def resolve(host: str, port: int) -> list[str]:
    """The system's answer, IPv4 and IPv6, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Dialer(httpcore.NetworkBackend):
    """Opens connections to public addresses only (to any, with `allow_private`)."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve,
        connect: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._connect = connect or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first checked address that answers.

        Raises:
            RefusedError: one of the host's addresses is not public.
            httpcore.ConnectError: the name is unknown or nobody answers.
        """
        deadline = in_force()
        failure: Exception | None = None
        for address in self._addresses(host, port, deadline):
            deadline.check()
            try:
                stream = self._connect.connect_tcp(
                    address,
                    port,
                    timeout=min(CONNECT_S, deadline.remaining_s()),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Stream(stream)
        deadline.check()
        raise httpcore.ConnectError(str(failure) or "no address answered")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise RefusedError("Sockets of this machine are not read.", remedy="Give a web address.")

    def _addresses(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        addresses = self._looked_up(host, port, deadline)
        private = [] if self._allow_private else [one for one in addresses if not is_public(one)]
        if private:
            raise RefusedError(
                f"{host} is at {private[0]}, an address of this machine or of a private network.",
                remedy="Allow private addresses in Settings if this is a server of your own.",
            )
        return addresses

    def _looked_up(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        """Look a name up without waiting longer than the deadline: the system call has no time-out."""
        answer: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
        while True:
            try:
                found = answer.get(timeout=deadline.tick_s())
            except queue.Empty:
                continue
            if isinstance(found, Exception):
                raise httpcore.ConnectError(f"the name {host} cannot be resolved") from found
            return found


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the deadline of the thread that uses it."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        deadline = in_force()
        while True:
            try:
                return self._inner.read(max_bytes, timeout=deadline.tick_s())
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=max(0.001, in_force().remaining_s()))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = max(0.001, in_force().remaining_s())
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout=left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
