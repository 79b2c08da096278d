"""The studio's door to the judges: how good they are known to be, what each decided, and the trial of a model judge."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.errors import GalleyError, SettingsError
from core.judging import words
from core.judging.fitted import fitted
from core.models import JudgeMeasured, Trial, Trying
from core.settings import ROOT, Settings
from core.store import Store

_LONGEST_TRIAL_S = 1800
"""A trial that began longer ago than this has come to nothing."""


class JudgingDoor:
    """What screens and the command line ask about judges.

    Args:
        settings: gives them as they are at this moment.
        save: keeps some of them, as `Studio.save_settings`.
    """

    def __init__(
        self, store: Store, settings: Callable[[], Settings], save: Callable[[dict[str, Any]], Settings]
    ) -> None:
        self._store, self._settings, self._save = store, settings, save

    # --- how good, and who decided ---

    def measured(self) -> JudgeMeasured:
        """The error rates of the deterministic judge, and what its thresholds let through, as measured when it was
        fitted."""
        written, thresholds = words.fitted(), fitted().thresholds
        return JudgeMeasured(
            families=written["measured"], data=written["data"], supported_at=thresholds.supported,
            accepted_at=thresholds.accept, thresholds=[tuple(row[:4]) for row in written["scores"]],
            asked=written["cascade"]["asked"], outcomes=[tuple(row) for row in written["cascade"]["outcomes"]],
        )  # fmt: skip

    def decided(self, runs: int) -> dict[str, tuple[int, int]]:
        """Judge -> `(claims it decided, doubtful ones among them)` in the newest runs' present drafts, most first."""
        return self._store.drafts.decided_by(runs)

    def canaries(self, runs: int) -> tuple[int, int]:
        """`(shown, caught)`: known false claims put before the model judge in the newest runs."""
        return self._store.drafts.canaries(runs)

    def try_entailment(self, folder: str) -> None:
        """Open the entailment model of a folder; nothing where none is named.

        Raises:
            SettingsError: it cannot be used, and why.
        """
        if folder:
            from core.judging.encoder import opened

            opened(folder)

    # --- the trial of a model judge ---

    def judge(self) -> str:
        """The model that judges, or `extractive`."""
        return self._settings().model_for("judge")

    def trying(self, model: str | None = None) -> Trying:
        """Where the trial of a judge stands; the configured one's unless another is named."""
        from core.agents.judge_trial import prompt_version

        kept = self._settings().judge_trials.get(model or self.judge(), {})
        values = kept.get("trial")
        trial = Trial(**values) if values and values["prompt"] == prompt_version() else None
        running = time.time() - kept.get("began", 0.0) < _LONGEST_TRIAL_S
        return Trying(running=running, problem=kept.get("problem", ""), remedy=kept.get("remedy", ""), trial=trial)

    def accepted(self, model: str) -> bool:
        """Whether this judge has passed a trial with the prompt in use."""
        trial = self.trying(model).trial
        return trial is not None and trial.accepted

    def start_trial(self) -> None:
        """Have the configured judge tried, in a process of its own."""
        self._keep(began=time.time(), problem="", remedy="")
        log = self._settings().data / "worker.log"
        with log.open("ab") as out:
            subprocess.Popen(
                [sys.executable, "-m", "core", "judge-trial"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                stderr=out, start_new_session=True,
            )  # fmt: skip

    def run_trial(self, told: Callable[[int, int], None] = lambda done, of: None) -> Trial:
        """Try the configured judge now, and keep the result.

        Raises:
            SettingsError: no model judges.
            LanguageError: it did not answer.
        """
        from core.agents.judge_trial import judge_trial
        from core.language.openai import OpenAI
        from core.language.router import Router

        settings, model = self._settings(), self.judge()
        if model == "extractive":
            raise SettingsError("No model judges.", remedy="Set one under Settings › Models first.")
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
        endpoint = {"base_url": settings.base_url} if settings.base_url else {}
        openai = OpenAI(api_key=key, model=model, timeout_s=settings.request_timeout_s, **endpoint)
        try:
            trial = judge_trial(Router(lambda _: openai, model_for=lambda _: model), model, told)
        except GalleyError as error:
            self._keep(began=0.0, problem=error.message, remedy=error.remedy)
            raise
        self._keep(began=0.0, problem="", remedy="", trial=asdict(trial))
        return trial

    def _keep(self, **values: Any) -> None:
        trials = self._settings().judge_trials
        model = self.judge()
        self._save({"judge_trials": {**trials, model: {**trials.get(model, {}), **values}}})
