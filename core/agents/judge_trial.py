"""The trial of the configured judge: the trial's claims, asked as the claims of an article are.

The same prompt, batches and checks as in a run, so that what is accepted is what judges; but past the ledger, for a
remembered answer says nothing of the model that answers today.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from core.agents.model_judge import CLAIMS_PER_CALL, PROMPT, SYSTEM, task_for
from core.errors import LanguageError
from core.judging.trial import result, trial_claims
from core.language.tasks import JudgeClaim, JudgedClaim, Language
from core.models import Trial

AT_ONCE = 4


def judge_trial(language: Language, model: str, told: Callable[[int, int], None] = lambda done, of: None) -> Trial:
    """Ask the trial's claims of a model judge.

    Args:
        language: routes the role `judge` to `model`.
        told: how many of the calls are done, after each.

    Raises:
        LanguageError: it answered nothing at all.
    """
    claims = [
        JudgeClaim(number=one.number, text=one.text, before="", passages=((one.passage.id, one.passage.text),))
        for one in trial_claims()
    ]
    batches = [claims[i : i + CLAIMS_PER_CALL] for i in range(0, len(claims), CLAIMS_PER_CALL)]
    answers: list[tuple[JudgedClaim, JudgeClaim]] = []
    costs: list[float | None] = []
    failed: list[LanguageError] = []

    def ask(batch: Sequence[JudgeClaim]) -> None:
        asked = {claim.number: claim for claim in batch}
        try:
            reply = language.ask(task_for(batch))
        except LanguageError as error:
            failed.append(error)
            return
        answers.extend((one, asked[one.claim]) for one in reply.value.claims if one.claim in asked)
        costs.extend(call.cost_usd for call in reply.calls)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, _ in enumerate(pool.map(ask, batches), 1):
            told(done, len(batches))
    if not answers and failed:
        raise failed[0]
    known = [cost for cost in costs if cost is not None]
    return result(
        answers, model=model, at=datetime.now(UTC).isoformat(timespec="seconds"), prompt=prompt_version(),
        cost_usd=sum(known) if len(known) == len(costs) else None,
    )  # fmt: skip


def prompt_version() -> str:
    """Which prompt judges now: another one is another judge."""
    return hashlib.sha256(f"{SYSTEM}\n{PROMPT}".encode()).hexdigest()[:12]
