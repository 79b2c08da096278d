"""What a person asks for."""

from dataclasses import dataclass, field, replace

from core.models.source import Source


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
    published_from: str | None = None
    """First day of publication that sources may have, as ISO 8601; None means any."""
    published_to: str | None = None
    """Last day, likewise."""
    dated_only: bool = False
    """Sources that give no date are left out; otherwise they are used, whatever dates are asked for."""
    kinds: tuple[str, ...] = ()
    """Kinds of source to use, of `KINDS`; empty means any."""
    languages: tuple[str, ...] = ()
    """Languages of sources to use, such as `en`; empty means any. What is in none that can be told is used."""
    models: dict[str, str] = field(default_factory=dict)
    """Role -> model, over the settings."""
    max_revisions: int = 3
    gate: float | None = None
    """Faithfulness the gate asks for, over the settings."""

    @property
    def filtered(self) -> bool:
        """Whether it asks for some sources and not for others, beside their sites."""
        return self != self.unfiltered

    @property
    def unfiltered(self) -> "Brief":
        """The same for any source."""
        return replace(self, published_from=None, published_to=None, dated_only=False, kinds=(), languages=())

    def outside(self, source: Source) -> str:
        """Why a source is not what is asked for: what is wrong with it, a colon, what it is; empty if it is.

        A source that says no more than `2024` may be of any day of it.
        """
        published = source.published or ""
        if self.dated_only and not published:
            return "without a date: only dated sources are asked for"
        if published and not self._within(published):
            return f"outside the dates you asked for: published {published[:10]}"
        if self.kinds and source.kind not in self.kinds:
            return f"of a kind you did not ask for: {source.kind}"
        if self.languages and source.language and source.language not in self.languages:
            return f"in a language you did not ask for: {source.language}"
        return ""

    def _within(self, day: str) -> bool:
        exact = len(day[:10])
        first, last = self.published_from or "", self.published_to or "9"
        return first[:exact] <= day[:10] and day[:10] <= last[:exact]
