"""Which sources a brief asks for, as a person chooses and reads it: dates, kinds, languages."""

from datetime import date
from typing import Any

import streamlit as st

from core.models import Brief
from pages.components import session

KINDS = {"web": "Web pages", "pdf": "PDFs", "word": "Word documents", "markdown": "Markdown", "text": "Plain text"}
LANGUAGES = {
    "ar": "Arabic", "zh": "Chinese", "cs": "Czech", "da": "Danish", "nl": "Dutch", "en": "English", "fi": "Finnish",
    "fr": "French", "de": "German", "el": "Greek", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "no": "Norwegian", "fa": "Persian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "es": "Spanish", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian",
}  # fmt: skip
FIRST_DAY = date(1000, 1, 1)


def fields(form: str, brief: Brief) -> None:
    """The fields, filled in from a brief; `form` tells two of them apart. `chosen` reads them."""
    first, last = st.columns(2)
    first.date_input(
        "Published from", _day(brief.published_from), min_value=FIRST_DAY, format="YYYY-MM-DD",
        key=session.of(form, "from"), help="Empty means any day. What lies outside is kept, but not used.",
    )  # fmt: skip
    last.date_input(
        "Published to", _day(brief.published_to), min_value=FIRST_DAY, format="YYYY-MM-DD", key=session.of(form, "to"),
        help="The last day that counts.",
    )  # fmt: skip
    st.toggle(
        "Leave out sources without a date", brief.dated_only, key=session.of(form, "dated"),
        help="Many pages do not say when they were published. They are used whatever dates you choose, unless this"
        " is on; then Brave and Tavily are asked for these dates, too.",
    )  # fmt: skip
    first, last = st.columns(2)
    first.multiselect(
        "Kinds of source", list(KINDS), default=brief.kinds, format_func=KINDS.get, key=session.of(form, "kinds"),
        placeholder="Any kind",
    )  # fmt: skip
    last.multiselect(
        "Languages of sources", list(dict.fromkeys([*LANGUAGES, *brief.languages])), default=brief.languages,
        format_func=language, key=session.of(form, "languages"), placeholder="Any language", accept_new_options=True,
        help="Type a code such as “sw” for one that is not listed. Sources whose language cannot be told are used.",
    )  # fmt: skip


def chosen(form: str) -> dict[str, Any]:
    """What was chosen, as values of a brief."""
    said = st.session_state
    first, last = said[session.of(form, "from")], said[session.of(form, "to")]
    return {
        "published_from": first.isoformat() if first else None, "published_to": last.isoformat() if last else None,
        "dated_only": said[session.of(form, "dated")], "kinds": tuple(said[session.of(form, "kinds")]),
        "languages": tuple(said[session.of(form, "languages")]),
    }  # fmt: skip


def asked_for(brief: Brief) -> str:
    """`published from 2024-01-01 · dated only · PDFs`; empty when any source is."""
    said = []
    if brief.published_from or brief.published_to:
        first, last = (
            f"{word} {day}" if day else "" for word, day in (("from", brief.published_from), ("to", brief.published_to))
        )
        said.append(" ".join(part for part in ("published", first, last) if part))
    if brief.dated_only:
        said.append("with a date only")
    if brief.kinds:
        said.append(", ".join(KINDS[kind] for kind in brief.kinds))
    if brief.languages:
        said.append("in " + ", ".join(language(code) for code in brief.languages))
    return " · ".join(said)


def language(code: str) -> str:
    """Its English name; the code of a language that has none here."""
    return LANGUAGES.get(code, code)


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
