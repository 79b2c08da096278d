"""The generated cover: what somebody who shares the article would miss."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from core.publishing.cover import HEIGHT, MARGIN, WIDTH, _font, cover, even_lines

TITLE = "How well do heat pumps work in old houses?"


def dark_box(png: bytes, *, below: int = 0) -> tuple[int, int, int, int] | None:
    """Where the title's ink lies."""
    grey = Image.open(io.BytesIO(png)).convert("L").crop((20, below, WIDTH, HEIGHT))
    return grey.point(lambda value: 255 if value < 70 else 0).getbbox()


def test_a_cover_has_the_shape_that_link_cards_show_whole_and_weighs_little():
    png = cover(TITLE, site="The Proof")
    picture = Image.open(io.BytesIO(png))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(png) < 60_000


def test_the_same_title_gives_the_same_file_so_that_it_is_sent_once():
    assert cover(TITLE, site="The Proof") == cover(TITLE, site="The Proof")
    assert cover(TITLE) != cover(TITLE + "!")


@pytest.mark.parametrize("title", [TITLE, "Sleep", "What " * 80, "Donaudampfschifffahrtsgesellschaft" * 4, "W" * 300])
def test_a_title_of_any_length_stays_inside_the_margins(title: str):
    box = dark_box(cover(title))
    assert box
    left, top, right, bottom = box
    assert left + 20 >= MARGIN - 4
    assert right + 20 <= WIDTH - MARGIN + 4
    assert top > 60
    assert bottom < HEIGHT - MARGIN - 50


def test_no_boxes_are_drawn_for_letters_the_font_does_not_have():
    assert dark_box(cover("熱ポンプ入門")) is None
    assert dark_box(cover("")) is None


def test_no_word_is_left_alone_on_the_last_line():
    font = _font("Semibold", 60)
    lines = even_lines("Why language models still miss the easy questions of all", font, WIDTH - 2 * MARGIN)
    assert len(lines) == 2
    assert min(map(font.getlength, lines)) > 0.7 * max(map(font.getlength, lines))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefghijklmnopWM", min_size=1, max_size=30), min_size=1, max_size=30))
def test_lines_keep_every_word_in_order_and_are_never_more_than_needed(words: list[str]):
    font: ImageFont.FreeTypeFont = _font("Semibold", 44)
    lines = even_lines(" ".join(words), font, 1000)
    assert " ".join(lines).split() == words
    assert all(font.getbbox(line)[2] <= 1000 or " " not in line for line in lines)
