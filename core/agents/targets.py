"""Targets with their settings: built by name, described for forms, offered when they are ready.

A target's keyword arguments are its settings. What a person saved comes first, then what
the environment and `secrets.toml` say, which is stronger; a `SecretStr` is never taken from
the database. What a field is for stands in the target's own docstring.
"""

import inspect
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr, TypeAdapter, ValidationError

from core import publishing  # noqa: F401 - puts the targets on their shelf
from core.errors import SettingsError
from core.models import TargetField, TargetForm
from core.publishing.target import TARGETS, Target
from core.registry import Field
from core.settings import Settings

ALWAYS = ("site",)
"""Needs nothing from anybody."""
TITLES = {"site": "Site", "git": "Git", "wordpress": "WordPress", "devto": "dev.to", "html": "HTML", "pdf": "PDF"}


def target_for(name: str, settings: Settings) -> Target:
    """A target with its settings.

    Raises:
        SettingsError: there is no such target, something it needs is missing, or a value makes no sense.
    """
    given = _given(name, settings)
    missing = [_label(field.name) for field in TARGETS.fields(name) if field.required and field.name not in given]
    if missing:
        raise SettingsError(
            f"{title(name)} is not set up: {', '.join(missing)} missing.",
            remedy=f"Fill it in under Settings › Publishing, or set GALLEY_{name.upper()}_... in the environment.",
        )
    return TARGETS.create(
        name, **{f.name: _typed(name, f, given[f.name]) for f in TARGETS.fields(name) if f.name in given}
    )


def offered(settings: Settings) -> list[str]:
    """Targets that articles can be sent to as things stand, the default one first."""
    names = [form.name for form in forms(settings) if form.offered]
    return sorted(names, key=lambda name: name != settings.target)


def forms(settings: Settings) -> list[TargetForm]:
    """Every target there is, in the order of the shelf."""
    return [form(name, settings) for name in TARGETS.names()]


def form(name: str, settings: Settings) -> TargetForm:
    """One target: its settings as they are, what it can do, and whether it is ready.

    Raises:
        SettingsError: there is no such target.
    """
    about, helps = _documented(TARGETS.plugin(name))
    given, outside = _given(name, settings), settings.target_secrets.get(name, {})
    fields = tuple(
        TargetField(
            name=field.name, label=_label(field.name), help=helps.get(field.name, ""), required=field.required,
            secret=_is_secret(field.type), choices=_choices(field.type),
            value="" if _is_secret(field.type) else str(given.get(field.name, _plain(field.default))),
            is_set=field.name in outside or bool(settings.targets.get(name, {}).get(field.name)),
            by_environment=field.name in outside and not _is_secret(field.type),
        )
        for field in TARGETS.fields(name)
    )  # fmt: skip
    missing = tuple(field.label for field in fields if field.required and field.name not in given)
    switched_on = name in ALWAYS or name in settings.targets or name in settings.target_secrets
    capabilities = getattr(TARGETS.plugin(name), "capabilities", None)
    return TargetForm(
        name=name, title=title(name), about=about, fields=fields, offered=switched_on and not missing, missing=missing,
        can=tuple(key for key, value in vars(capabilities).items() if value) if capabilities else (),
    )  # fmt: skip


def check_values(name: str, values: Mapping[str, str]) -> None:
    """Whether these could be settings of the target.

    Raises:
        SettingsError: one is unknown or makes no sense.
    """
    fields = {field.name: field for field in TARGETS.fields(name)}
    unknown = [key for key in values if key not in fields]
    if unknown:
        raise SettingsError(
            f"{title(name)} has no setting {', '.join(unknown)}.", remedy=f"It has: {', '.join(fields)}."
        )
    for key, value in values.items():
        _typed(name, fields[key], value)


def title(name: str) -> str:
    """How a person reads the target's name.

    >>> title("wordpress"), title("my_shop")
    ('WordPress', 'My shop')
    """
    return TITLES.get(name, name.replace("_", " ").capitalize())


def _given(name: str, settings: Settings) -> dict[str, Any]:
    """Field -> value, as far as anybody or Galley itself says."""
    ours: dict[str, Any] = {"path": settings.data / name, "title": settings.site_title}
    if name == "site":
        ours["base_url"] = f"http://127.0.0.1:{settings.site_port}"
    fields = {field.name: field for field in TARGETS.fields(name)}
    saved = {k: v for k, v in settings.targets.get(name, {}).items() if k in fields and not _is_secret(fields[k].type)}
    outside = {k: v.get_secret_value() for k, v in settings.target_secrets.get(name, {}).items()}
    return {k: v for k, v in {**ours, **saved, **outside}.items() if k in fields and v != ""}


def _typed(name: str, field: Field, value: Any) -> Any:
    try:
        return TypeAdapter(field.type).validate_python(value)
    except ValidationError as error:
        raise SettingsError(
            f"{title(name)}: {_label(field.name)} makes no sense: {error.errors()[0]['msg']}.",
            remedy="Correct it under Settings › Publishing.",
        ) from error


def _label(name: str) -> str:
    """A field's name as a person reads it.

    >>> _label("admin_key"), _label("base_url"), _label("url")
    ('Admin key', 'Base URL', 'URL')
    """
    return re.sub(r"\b[Uu]rl\b", "URL", name.replace("_", " ").capitalize())


def _documented(plugin: Any) -> tuple[str, dict[str, str]]:
    """`(what it is, field -> help)` from a docstring with an `Args:` part."""
    text = inspect.getdoc(plugin) or ""
    about, _, rest = text.partition("Args:\n")
    helps: dict[str, str] = {}
    name = ""
    for line in rest.splitlines():
        if re.match(r"\S", line):
            break
        if begun := re.match(r"    (\w+): (.*)", line):
            name = begun[1]
            helps[name] = begun[2]
        elif name and line.strip():
            helps[name] += " " + line.strip()
    return " ".join(about.split("\n\n")[0].split()), helps


def _parts(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _is_secret(annotation: Any) -> bool:
    return SecretStr in _parts(annotation)


def _choices(annotation: Any) -> tuple[str, ...]:
    """The values a field is limited to; empty when any will do."""
    for part in _parts(annotation):
        if get_origin(part) is Literal:
            return tuple(str(value) for value in get_args(part))
        if isinstance(part, type) and issubclass(part, Enum):
            return tuple(str(member.value) for member in part)
        if part is bool:
            return ("true", "false")
    return ()


def _plain(default: Any) -> str:
    if default is None or default is NoneType:
        return ""
    return (
        str(default).lower()
        if isinstance(default, bool)
        else str(default.as_posix() if isinstance(default, Path) else default)
    )
