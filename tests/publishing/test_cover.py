"""The generated cover: what somebody who shares the article would miss."""

import io

import pytest
from PIL import Image

from core.publishing.cover import HEIGHT, WIDTH, cover

TITLE = "How well do heat pumps work in old houses?"


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_cover_has_the_shape_that_link_cards_show_whole_and_weighs_little():
    png = cover(TITLE, site="The Proof")
    assert (Image.open(io.BytesIO(png)).format, opened(png).size) == ("PNG", (WIDTH, HEIGHT))
    assert len(png) < 30_000


def test_the_same_title_gives_the_same_file_so_that_it_is_sent_once():
    assert cover(TITLE, site="The Proof") == cover(TITLE, site="The Proof")
    assert cover(TITLE) != cover(TITLE + "!")


@pytest.mark.parametrize("title", [TITLE, "", "熱ポンプ入門", "W" * 300])
def test_every_title_gets_a_proof_with_marks_in_red(title: str):
    picture = opened(cover(title)).crop((30, 0, WIDTH, HEIGHT))
    red = sum(1 for r, g, b in picture.get_flattened_data() if r > 110 and g < 80 and b < 80)
    assert red > 500


def test_no_boxes_are_drawn_for_letters_the_font_does_not_have():
    assert cover(TITLE, site="熱ポンプ") == cover(TITLE)
