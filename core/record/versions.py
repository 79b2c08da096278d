"""What made and judged an article, by version: the release, the judge's weights, the models."""

import hashlib
import tomllib

from core.judging.words import WEIGHTS
from core.models import Run
from core.record.contents import Versions
from core.settings import ROLES, ROOT, Settings


def galley_version() -> str:
    """This release, as `pyproject.toml` says."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def judge_version() -> str:
    """SHA-256 of the deterministic judge's weights at hand."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()


def versions(run: Run, settings: Settings) -> Versions:
    """Of a run made with these settings."""
    return Versions(
        galley=galley_version(), judge=judge_version(),
        models={role: run.brief.models.get(role) or settings.model_for(role) for role in ROLES},
    )  # fmt: skip
