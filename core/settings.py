"""Settings: what the person chose, what the environment says, and what is default.

The only reader of environment variables and of `secrets.toml`. Values a person sets in the
studio are kept in the database as plain JSON. Secrets never are: models' and engines' keys
come from the environment; those of targets from `GALLEY_<TARGET>_<FIELD>`, or from the table
`[targets.<target>]` of `.streamlit/secrets.toml` (`$GALLEY_SECRETS` names another file), which
is read anew every time, so that a running worker sees a changed password.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from core.errors import SettingsError

ROLES = ("planner", "researcher", "writer", "editor", "judge")
ROOT = Path(__file__).resolve().parent.parent

# Read once, when numpy is first imported. Its threads wait by spinning, which took a sixth of a worker's CPU; what is
# multiplied here is small, and runs are side by side already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class Settings(BaseModel):
    """Everything that can be set; frozen, made anew when something changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # from the environment alone
    data: Path = ROOT / "data"
    openai_api_key: SecretStr | None = None
    rerank_api_key: SecretStr | None = None
    tavily_api_key: SecretStr | None = None
    brave_api_key: SecretStr | None = None
    target_secrets: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict, description="Target -> what the environment and secrets.toml say of it"
    )

    # models
    base_url: str | None = Field(None, description="Address of an OpenAI-compatible endpoint, ending in /v1")
    models: dict[str, str] = Field(default_factory=dict, description="Role -> model name; `extractive` means no model")
    default_model: str | None = Field(None, description="Model for roles without one of their own")
    small_model: str | None = Field(
        None, description="Model that goes on from 70 % of the budget, and where a role's own does not answer"
    )
    small_models: dict[str, str] = Field(default_factory=dict, description="The same for one role: role -> model name")
    fallbacks: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Role -> models asked in this order where its own does not answer"
    )
    request_timeout_s: float = Field(120.0, gt=0)
    rerank_base_url: str | None = Field(
        None, description="Address of a reranking model, without /rerank; the best passages are put in its order"
    )
    rerank_model: str = Field("reranker", description="Its name; Text Embeddings Inference needs none")
    context_tokens: int = Field(16_000, ge=2_000, description="What the smallest model can read at once")

    # search and reading
    engines: tuple[str, ...] = ("library",)
    searxng_url: str | None = None
    engine_settings: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Engine -> its own settings, such as `base_url`"
    )
    page_deadline_s: float = Field(15.0, gt=0)
    page_bytes: int = Field(10_000_000, gt=0)
    pages_per_question: int = Field(6, ge=1)
    allow_private_addresses: bool = Field(False, description="Read pages on this machine and network")
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    # judging and budget
    gate: float = Field(0.8, ge=0, le=1)
    section_gate: float = Field(0.6, ge=0, le=1, description="Least faithfulness of each section with three claims")
    gate_on_doubt: bool = Field(False, description="Close the gate too where the score is too uncertain to tell")
    entailment: str | None = Field(
        None, description="Folder of an entailment model (core/judging/encoder.py), asked where words leave a doubt"
    )
    judge_trials: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Judge model -> how its trial went, or that it runs"
    )
    max_revisions: int = Field(3, ge=0, le=10)
    budget_usd: float | None = Field(1.0, ge=0)
    evidence_tokens: int = Field(2_500, ge=200, description="Evidence put before the writer, per question")

    # publishing
    target: str = Field("site", description="Where articles go unless the person chooses")
    also_to: tuple[str, ...] = Field((), description="Targets that are ticked beside it in the publish panel")
    targets: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Target -> its own settings; one that stands here is offered"
    )
    approvers: tuple[str, ...] = Field((), description="Who may publish where people sign in; empty means everybody")
    recheck_days: float = Field(7.0, ge=0, description="Days between two looks at a published article's sources")
    site_title: str = "The Proof"
    site_port: int = 8600
    house_style: str = "Plain words. Short sentences. No hype. Figures with units. Acronyms explained."

    # processes
    phoenix: str | None = Field("http://127.0.0.1:6006", description="Where traces go")
    autopilot: bool = False
    workers: int = Field(2, ge=1, description="Worker processes that `serve` keeps up; one goes on where another falls")
    run_slots: int = Field(4, ge=1, description="Runs one worker executes at once")

    @property
    def database(self) -> Path:
        return self.data / "galley.db"

    @property
    def uses_model(self) -> bool:
        """Whether any role asks a model."""
        return bool(self.base_url or self.openai_api_key) and any(
            self.model_for(role) != "extractive" for role in ROLES
        )

    def model_for(self, role: str) -> str:
        """The role's model, or `extractive` where no endpoint or model is configured."""
        if not (self.base_url or self.openai_api_key):
            return "extractive"
        return self.models.get(role) or self.default_model or "extractive"

    def small_for(self, role: str) -> str | None:
        """The model a role degrades to when money runs short; None: it keeps its own."""
        return self.small_models.get(role) or self.small_model

    def fallbacks_for(self, role: str) -> tuple[str, ...]:
        """The models asked where a role's own does not answer: the small one unless others are named."""
        small = self.small_for(role)
        return self.fallbacks.get(role) or ((small,) if small else ())


SECRET = {"openai_api_key", "rerank_api_key", "tavily_api_key", "brave_api_key"}
"""Never stored, never shown."""

PROCESS = SECRET | {"data", "target_secrets"}
"""Set by the environment alone."""

_VARIABLES = {
    "GALLEY_DATA": "data",
    "OPENAI_API_KEY": "openai_api_key",
    "OPENAI_BASE_URL": "base_url",
    "OPENAI_MODEL": "default_model",
    "OPENAI_SMALL_MODEL": "small_model",
    "GALLEY_ENTAILMENT": "entailment",
    "RERANK_BASE_URL": "rerank_base_url",
    "RERANK_MODEL": "rerank_model",
    "RERANK_API_KEY": "rerank_api_key",
    "SEARXNG_URL": "searxng_url",
    "TAVILY_API_KEY": "tavily_api_key",
    "BRAVE_API_KEY": "brave_api_key",
    "PHOENIX_COLLECTOR_ENDPOINT": "phoenix",
    "GALLEY_WORKERS": "workers",
    "GALLEY_SITE_PORT": "site_port",
    "GALLEY_ALLOW_PRIVATE": "allow_private_addresses",
}


_SECRETS_FILE = "GALLEY_SECRETS"


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process of ours: this one's, and `extra`."""
    return {**os.environ, **extra}


def load(
    saved: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None, **given: Any
) -> Settings:
    """Settings from what was saved, then the environment, then what is given (strongest).

    Raises:
        SettingsError: a value makes no sense; says which.
    """
    environment = os.environ if environment is None else environment
    values = {key: value for key, value in (saved or {}).items() if key not in PROCESS}
    values |= {name: environment[key] for key, name in _VARIABLES.items() if environment.get(key)}
    values["target_secrets"] = _target_secrets(environment)
    values |= {key: value for key, value in given.items() if value is not None}
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting {where!r} makes no sense: {first['msg']}.",
            remedy="Correct it under Settings, or in the environment.",
        ) from error


# --- secrets of targets ---------------------------------------------------------------


def save_target_secrets(
    target: str, values: Mapping[str, str | None], environment: Mapping[str, str] | None = None
) -> None:
    """Keep secrets of a target in `secrets.toml`, readable by its owner alone; None forgets one.

    Whatever else stands in the file stays word for word.

    Raises:
        SettingsError: the file cannot be read or written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = _secrets_file(os.environ if environment is None else environment) or ROOT / ".streamlit" / "secrets.toml"
    try:
        document = tomlkit.parse(path.read_text("utf-8") if path.exists() else "")
        tables = document.setdefault("targets", tomlkit.table(is_super_table=True))
        table = tables.setdefault(target, tomlkit.table())
        for name, value in values.items():
            if value is None:
                table.pop(name, None)
            else:
                table[name] = value
        _write_privately(path, tomlkit.dumps(document))
    except (OSError, TOMLKitError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"The secrets cannot be kept in {str(path)!r}: {error}.",
            remedy=f"Mend the file, or set GALLEY_{target.upper()}_... in the environment instead.",
        ) from error


def _write_privately(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _secrets_file(environment: Mapping[str, str]) -> Path | None:
    """None where the settings were asked for with an environment of their own that names no file."""
    if environment.get(_SECRETS_FILE):
        return Path(environment[_SECRETS_FILE])
    return ROOT / ".streamlit" / "secrets.toml" if environment is os.environ else None


def _target_secrets(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Target -> field -> value, as the file says and, stronger, the environment."""
    path = _secrets_file(environment)
    found: dict[str, dict[str, str]] = {}
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("targets", {}) if path else {}
    except FileNotFoundError:
        tables = {}
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The file {str(path)!r} cannot be read: {error}.", remedy="Mend it, or move it away."
        ) from error
    for target, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict):
            found[target] = {name: str(value) for name, value in table.items()}
    for variable, value in environment.items():
        if variable.startswith("GALLEY_") and variable not in _VARIABLES and value:
            target, _, name = variable.removeprefix("GALLEY_").lower().partition("_")
            if name:
                found.setdefault(target, {})[name] = value
    return found
