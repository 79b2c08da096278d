"""What a person asks for."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What the user wants."""

    topic: str
    audience: str = "general reader"
    tone: str = "neutral"
    words: int = 1200
    language: str = "en"
    budget_usd: float | None = None
    autopilot: bool = False
    target: str | None = None
    engines: tuple[str, ...] = ("library",)
    allow: tuple[str, ...] = ()
    """Sites to keep to (host or host suffix); empty means any."""
    deny: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """Addresses the user pasted: always read, whatever the engines find."""
    collections: tuple[str, ...] = ()
    """Library collections to search; empty means all."""
    models: dict[str, str] = field(default_factory=dict)
    """Role -> model, over the settings."""
    max_revisions: int = 3
    gate: float | None = None
    """Faithfulness the gate asks for, over the settings."""
