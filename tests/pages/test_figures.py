"""Foreign text must stay text, and figures must read well."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pages.components.figures as figures
import pages.components.session as session
import pages.states.editing as editing

HOSTILE = [
    ":red[x]",
    "![i](http://evil/x.png)",
    "<b>x</b>",
    "$x$",
    ":material/bug_report:",
    "[a](javascript:x)",
    "# h",
    "`c`",
    "**b**",
]


@pytest.mark.parametrize("module", [figures, session, editing])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_markdown_survives(text: str) -> None:
    out = figures.plain(text)
    for mark in "[]()<>$:`*#":
        assert out.count(mark) == out.count("\\" + mark)


@pytest.mark.parametrize(
    "address", ["http://evil.example", "HTTPS://evil.example", "www.evil.example", "a@evil.example"]
)
def test_a_bare_address_is_broken_so_that_it_makes_no_link(address: str) -> None:
    assert address not in figures.plain(address).replace("\\", "")


@given(st.text())
def test_escaping_loses_nothing_but_blanks(text: str) -> None:
    marks = r"\`*_{}[]()<>#+-.!|~$:@&="
    out, unescaped = iter(figures.plain(text)), ""
    for letter in out:
        unescaped += next(out) if letter == "\\" else letter
    assert unescaped.replace("\u2060", "") == " ".join(text.split()).replace("\u2060", "")
    assert all(mark in marks for mark in "[]()<>$")


@given(st.text(min_size=1), st.integers(5, 80))
def test_a_short_text_is_short(text: str, most: int) -> None:
    assert len(figures.short(text, most)) <= most + 1
