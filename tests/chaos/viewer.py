"""Somebody who watches runs in the studio all the while: the live feed, taken up again wherever it broke off."""

import json
import threading
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from core.models import Status
from core.studio import Studio
from pages.components import ticket
from tests.chaos.product import Product

RESTING = (Status.QUEUED, Status.RUNNING)


class Viewer(threading.Thread):
    """Watches one run until it rests and all of it was seen, then another; one that goes on is watched again.

    Args:
        run_ids: grows while it watches.
    """

    def __init__(self, product: Product, studio: Studio, run_ids: list[str]) -> None:
        super().__init__(daemon=True)
        self._product, self._studio, self._ids = product, studio, run_ids
        self.seen: dict[str, list[int]] = {}
        """Run -> numbers of the events seen, in order."""
        self.broken = 0
        """Times the feed broke off."""
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            going_on = [run_id for run_id, seen in self.seen.items() if not self._ended(run_id, seen)]
            unseen = [run_id for run_id in self._ids if run_id not in self.seen]
            for run_id in [*going_on, *unseen[-1:]][:1]:
                self._watch(run_id)
            self._over.wait(0.2)

    def _watch(self, run_id: str) -> None:
        seen = self.seen.setdefault(run_id, [])
        while not self._over.is_set() and not self._ended(run_id, seen):
            try:
                self._listen(run_id, seen)
            except (OSError, WebSocketException, EOFError):
                self.broken += 1
                self._over.wait(0.3)

    def _listen(self, run_id: str, seen: list[int]) -> None:
        if (studio := self._product.studio) is None:
            raise OSError("the studio has not said where it is")
        asked = f"after={seen[-1] if seen else 0}&token={ticket.issue(self._product.data, run_id)}"
        address = f"{studio.replace('http', 'ws', 1)}/api/runs/{run_id}/ws?{asked}"
        with connect(address, origin=studio, open_timeout=5, proxy=None) as socket:
            while not self._over.is_set() and not self._ended(run_id, seen):
                try:
                    frame = json.loads(socket.recv(timeout=1))
                except TimeoutError:
                    continue
                seen += [event["seq"] for event in frame["events"]]

    def _ended(self, run_id: str, seen: list[int]) -> bool:
        run = self._studio.run(run_id)
        return bool(
            run and run.status not in RESTING and seen and seen[-1] >= self._studio.store.events.last_seq(run_id)
        )

    def wrong(self, most_s: float = 90.0) -> list[str]:
        """Stop, once everything watched was seen to its end; what was seen otherwise than it is kept."""
        end = time.monotonic() + most_s
        while time.monotonic() < end and not all(self._ended(run_id, seen) for run_id, seen in list(self.seen.items())):
            time.sleep(0.1)
        self._over.set()
        self.join(10)
        told = []
        for run_id, seen in self.seen.items():
            last = self._studio.store.events.last_seq(run_id)
            odd = [number for number, seq in enumerate(seen, 1) if number != seq]
            if odd or len(seen) != last:
                told.append(f"{run_id}: {len(seen)} of {last} seen, {'not in order' if odd else 'the rest never came'}")
        return told
