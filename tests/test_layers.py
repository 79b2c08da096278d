"""Who imports whom, as DESIGN says: checked by import-linter, and by a look at the sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import ROOT


def test_every_layer_imports_downwards_only(monkeypatch: pytest.MonkeyPatch):
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=".importlinter", no_cache=True) == EXIT_STATUS_SUCCESS


def parsed(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def imported(module: ast.Module) -> set[str]:
    """Whole names of what a module imports, wherever it does."""
    names = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    return names | {
        f"{node.module}.{alias.name}"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("langgraph", ("core/graph.py",)),
        ("sqlite_utils", ("core/store/",)),
        ("opentelemetry", ("core/tracing.py",)),
        ("openai", ("core/language/",)),
        ("streamlit", ()),
        ("phoenix", ()),
        ("pages", ()),
    ],
)
def test_each_library_has_one_home(package: str, homes: tuple[str, ...]):
    for name, module in parsed(ROOT / "core"):
        if any(one == package or one.startswith(f"{package}.") for one in imported(module)):
            assert name.startswith(homes) if homes else False, name


def test_only_settings_read_the_environment():
    for name, module in parsed(ROOT / "core"):
        reads = [
            node
            for node in ast.walk(module)
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
        ]
        assert not reads or name == "core/settings.py", name


def test_screens_know_the_studio_and_none_of_the_work():
    known = (
        "core.studio",
        "core.models",
        "core.errors",
        "core.events",
        "core.settings",
        "core.progress",
        "core.doctor",
    )
    for name, module in parsed(ROOT / "pages"):
        for one in imported(module):
            if one.startswith("core."):
                assert one.startswith(known), f"{name} imports {one}"
