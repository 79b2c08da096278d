"""A text whose writing was cut short goes on where it broke off: what was written is not paid for again.

What was streamed stands in the run's events, and the ledger knows the request that was never answered. The
same request goes out with the lines that are whole, and the model writes the lines that are missing. Working
prose has one sentence a line, so that nothing is cut within a sentence.
"""

import json
from collections.abc import Iterable
from dataclasses import replace

from core.events import Kind
from core.language.ledger import request_key
from core.language.tasks import Task
from core.models import Call
from core.store import Store
from core.store.database import now

NOTHING_MORE = "NOTHING MORE"
GO_ON = """

You have already written the beginning, and it stands as it is:
<<<WRITTEN
{lines}
WRITTEN>>>
Write only the lines that follow it, in the same form. Repeat none of it. If nothing is missing, answer {nothing}."""


def begun(store: Store, run_id: str, task: Task[str], models: Iterable[str], section: int) -> tuple[bool, str]:
    """What there is of this text from before: whether readers were shown any of it, and the whole lines that this
    very request brought before it was cut short.

    Args:
        models: all that may have been asked: the request may have gone on to another one than the role's own.
    """
    keys = [request_key(task, model) for model in models]
    since = min((at for key in keys if (at := store.calls.cut_short(run_id, key))), default=None)
    shown = text = ""
    for event in store.events.after(run_id, kinds=(Kind.TEXT, Kind.WRITTEN), limit=100_000):
        if event.data["section"] != section:
            continue
        if event.kind == Kind.WRITTEN:
            shown = text = ""
            continue
        if event.data.get("restart"):
            shown = text = ""
        shown += event.data["text"]
        if since is not None and event.at >= since:
            text += event.data["text"]
    known = any(store.calls.find(key) is not None for key in keys)  # then it is all there, and comes from the ledger
    return bool(shown), "" if known else text.rpartition("\n")[0].rstrip()


def going_on(task: Task[str], lines: str) -> Task[str]:
    """The request for what is missing."""
    return replace(task, user=task.user + GO_ON.format(lines=lines, nothing=NOTHING_MORE))


def joined(lines: str, rest: str) -> str:
    """The whole text. A model that began anew all the same has written the whole text.

    >>> joined("It rose. [3]", "It fell. [4]")
    'It rose. [3]\\nIt fell. [4]'
    >>> joined("It rose. [3]", "NOTHING MORE"), joined("It rose. [3]", "It rose. [3]\\nIt fell. [4]")
    ('It rose. [3]', 'It rose. [3]\\nIt fell. [4]')
    """
    if rest.strip().rstrip(".").upper() == NOTHING_MORE:
        return lines
    if rest.lstrip().startswith(lines.split("\n", 1)[0]):
        return rest
    return f"{lines}\n{rest}"


def keep(store: Store, run_id: str, task: Task[str], model: str, text: str) -> None:
    """Write the whole text down as the answer to the request as it was first made: it is asked no more."""
    call = Call(
        key=request_key(task, model), run_id=run_id, role=task.role, task=task.name, model=model, status="done",
        cost_usd=0.0, at=now(),
    )  # fmt: skip
    store.calls.finish(call, json.dumps(text, ensure_ascii=False))
