"""The living article: every published one is looked at again when its time comes, one at a time.

Slowly on purpose: a look is a handful of requests, most of them answered "unchanged". The web
client keeps to each host's limits; a look at which nobody answered is tried again a day later.
"""

import logging
import time
from collections.abc import Callable

from core.errors import Cancelled, GalleyError
from core.verification.again import verify_again
from core.wiring import Process, settings_now

_LOG = logging.getLogger(__name__)


def check_due(
    process: Process, owner: str, *, stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.time, asked_only: bool = False,
) -> str | None:  # fmt: skip
    """Verify one article that is due or asked for, if there is one; returns its run's id.

    Args:
        owner: the worker; another one takes over when it falls silent.
        clock: seconds since 1970.
        asked_only: what is due by the schedule waits for another look, which reads every published article.
    """
    watches = process.store.watches
    every_days = 0.0 if asked_only else settings_now(process).recheck_days
    claimed = watches.claim(owner, now=clock(), every_days=every_days)
    if claimed is None:
        return None
    run_id, by = claimed
    try:
        verify_again(process, run_id, by=by, now=clock(), stopped=stopped)
    except Cancelled:
        watches.release(run_id, owner)
    except GalleyError as error:  # looked at in vain: it must not stand before all others for ever
        _LOG.warning("verifying %s again: %s", run_id, error)
        watches.checked(run_id, now=clock(), reached=False)
    return run_id
