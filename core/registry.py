"""Shelves for plugins: one file registers itself, settings and tests find it.

A plugin's keyword arguments are its settings; the settings page draws its form from them.
Third parties put a plugin on a shelf through an entry point `galley.<kind>`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

from core.errors import SettingsError

Plugin = TypeVar("Plugin")


@dataclass(frozen=True)
class Field:
    """One setting of a plugin."""

    name: str
    type: Any
    default: Any
    required: bool


class Registry(Generic[Plugin]):
    """One shelf: name -> plugin class, in order of registration."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._plugins: dict[str, Callable[..., Plugin]] = {}
        self._looked_outside = False

    def register(self, name: str) -> Callable[[Callable[..., Plugin]], Callable[..., Plugin]]:
        """Class decorator that puts a plugin on the shelf under `name`.

        Raises:
            ValueError: the name is taken.
        """

        def put(plugin: Callable[..., Plugin]) -> Callable[..., Plugin]:
            if name in self._plugins:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._plugins[name] = plugin
            return plugin

        return put

    def names(self) -> list[str]:
        self._look_outside()
        return list(self._plugins)

    def fields(self, name: str) -> list[Field]:
        """The plugin's settings: its keyword-only arguments, in order."""
        return [
            Field(p.name, p.annotation, None if p.default is p.empty else p.default, p.default is p.empty)
            for p in inspect.signature(self.plugin(name)).parameters.values()
            if p.kind is p.KEYWORD_ONLY
        ]

    def create(self, name: str, /, **settings: Any) -> Plugin:
        """A plugin with its settings.

        Raises:
            SettingsError: no such plugin, or a setting is missing or unknown.
        """
        known = {field.name: field for field in self.fields(name)}
        missing = [field.name for field in known.values() if field.required and field.name not in settings]
        unknown = [key for key in settings if key not in known]
        if missing or unknown:
            raise SettingsError(
                f"{self.kind} {name!r}: missing {missing or 'nothing'}, unknown {unknown or 'nothing'}.",
                remedy=f"Set {', '.join(known) or 'nothing'} for it in Settings.",
            )
        return self.plugin(name)(**settings)

    def plugin(self, name: str) -> Callable[..., Plugin]:
        """The plugin itself, whose docstring says what it and its settings are.

        Raises:
            SettingsError: there is none of that name.
        """
        self._look_outside()
        if name not in self._plugins:
            raise SettingsError(
                f"There is no {self.kind} {name!r}.", remedy=f"Choose one of: {', '.join(self._plugins)}."
            )
        return self._plugins[name]

    def _look_outside(self) -> None:
        if not self._looked_outside:
            self._looked_outside = True
            for point in entry_points(group=f"galley.{self.kind}"):
                self._plugins.setdefault(point.name, point.load())
