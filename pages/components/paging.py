"""A list that is longer than a page: which page is asked for, and the way to the others."""

import math
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core.studio import RunPage, SourcePage
from pages.components import session

LONGEST = 9
"""Digits of a page's number; an address may say anything."""
Page = TypeVar("Page", RunPage, SourcePage)


def paged(read: Callable[[int], Page]) -> Page:
    """The page that was clicked or that the address names; the first where a search has left fewer.

    Args:
        read: gives a page by its number, from 1.
    """
    asked = str(st.session_state.get(session.PAGE) or st.query_params.get(session.PAGE) or 1)
    found = read(max(1, int(asked)) if asked.isdecimal() and len(asked) < LONGEST else 1)
    return found if found.rows or not found.total else read(1)


def other_pages(total: int, size: int) -> None:
    """The way to the other pages, where there are any."""
    if total > size:
        st.pagination(math.ceil(total / size), key=session.PAGE, bind="query-params")
