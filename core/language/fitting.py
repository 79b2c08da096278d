"""Fetched text in a prompt, and how much of it fits: a prompt that is too long is never sent.

Passages stand between two marks, best first, each with its further lines indented. Where prompt
and answer are longer than the model reads at once, the last passages go. Only prompts in which each
passage stands for itself are shortened; a judge or an editor must see the passage it speaks of.
"""

import math
from dataclasses import replace

from core.errors import LanguageError
from core.language.exchange import CHARS_PER_TOKEN
from core.language.tasks import Answer, Task

BEGIN, END = "<<<PASSAGES", "PASSAGES>>>"
SHORTENED = frozenset({"plan", "queries", "write", "introduction"})
"""Tasks whose passages may be left out one by one."""
SPARE = 1.1
"""Tokens are estimated from characters; the estimate is taken so much larger."""


def fit(task: Task[Answer], context_tokens: int) -> tuple[Task[Answer], int]:
    """The task as it fits into the model's context, and how many passages were left out.

    Args:
        context_tokens: what the model reads at once, its answer included.

    Raises:
        LanguageError: it does not fit, with all that may be left out left out.
    """
    room = int((context_tokens - task.max_tokens) / SPARE * CHARS_PER_TOKEN) - len(task.system)
    if len(task.user) <= room:
        return task, 0
    before, begin, rest = task.user.partition(f"{BEGIN}\n")
    inside, end, after = rest.rpartition(f"\n{END}")
    if task.name in SHORTENED and end:
        passages = _passages(inside)
        left = room - len(before) - len(begin) - len(end) - len(after)
        kept = 0
        while kept < len(passages) and (left := left - len(passages[kept]) - 1) >= 0:
            kept += 1
        if kept:
            user = "".join((before, begin, "\n".join(passages[:kept]), end, after))
            return replace(task, user=user), len(passages) - kept
    tokens = math.ceil(len(task.system + task.user) / CHARS_PER_TOKEN * SPARE) + task.max_tokens
    raise LanguageError(
        f"The request {task.name!r} takes about {tokens:,} tokens; the model reads {context_tokens:,} at once.",
        remedy="Set `context_tokens` to what the model reads, choose a model that reads more, or ask for fewer words.",
    )


def _passages(inside: str) -> list[str]:
    found: list[str] = []
    for line in inside.split("\n"):
        if found and line.startswith(" "):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found
