"""How the article goes out: address, summary, tags, words for search engines, the original, the cover."""

from dataclasses import replace

import streamlit as st

from core.errors import GalleyError
from core.models import Details, Picture, Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import plain
from pages.components.shell import flash, person, problem, told

PICTURES = ["png", "jpg", "jpeg", "webp"]


def details(run: Run, *, editable: bool) -> None:
    """A form over what Galley chose; what is left as it is stays Galley's choice."""
    with st.expander(
        "Address, summary, tags, cover", icon=":material/tune:", key=session.of("details", run.id), on_change="rerun"
    ) as box:
        if box.open:
            try:
                suggested = studio().publishing.suggested(run.id)
            except GalleyError as error:
                problem(error.message, error.remedy)
                return
            _form(run, suggested, editable=editable)


def _form(run: Run, shown: Details, *, editable: bool) -> None:
    mine = studio().publishing.details(run.id)
    fixed = studio().publishing.slug_is_fixed(run.id)
    with st.form(session.of("how", run.id), border=False):
        one, two = st.columns(2)
        slug = one.text_input(
            "Address ends in", shown.slug, disabled=fixed or not editable,
            help="Fixed: readers have it." if fixed else "Letters, digits and hyphens; fixed once it is published.",
        )  # fmt: skip
        tags = two.text_input("Tags, comma between", ", ".join(shown.tags), disabled=not editable)
        dek = st.text_area("Summary below the title", shown.dek, height=80, disabled=not editable)
        one, two = st.columns(2)
        seo_title = one.text_input("Title for search engines", shown.seo_title, disabled=not editable)
        places = ["", *(form.name for form in studio().publishing.offered())]
        titles = {form.name: form.title for form in studio().publishing.targets()}
        canonical = two.selectbox(
            "The original stands at", places, index=places.index(mine.canonical) if mine.canonical in places else 0,
            format_func=lambda name: titles.get(name, "each page is its own original"), disabled=not editable,
            help="The others name its address, so that search engines do not take them for copies.",
        )  # fmt: skip
        description = st.text_area(
            "Description for search engines", shown.description, height=68, disabled=not editable
        )
        cover = _cover(mine.cover, editable=editable)
        if st.form_submit_button("Save", icon=":material/save:", disabled=not editable):
            new = Details(
                slug=mine.slug if slug == shown.slug else slug,
                dek=mine.dek if dek == shown.dek else dek.strip(),
                tags=mine.tags if tags == ", ".join(shown.tags) else _list(tags),
                seo_title=mine.seo_title if seo_title == shown.seo_title else seo_title.strip(),
                description=mine.description if description == shown.description else description.strip(),
                canonical=canonical, to=mine.to, cover=mine.cover,
            )  # fmt: skip
            with told():
                _save(run, new, cover)


def _cover(held: Picture | None, *, editable: bool) -> tuple[object, str, bool]:
    """`(file, alt text, drop the present one)`."""
    left, right = st.columns([1, 2])
    drop = False
    with left:
        if held:
            st.image(held.path, width=220, caption=plain(held.alt) or "No description yet")
            drop = st.checkbox("Use no picture of mine", disabled=not editable)
        else:
            st.caption("No picture of yours: a cover is drawn where the target takes one.")
    with right:
        file = st.file_uploader("Cover picture", PICTURES, disabled=not editable)
        alt = st.text_input(
            "What it shows, for those who cannot see it", held.alt if held else "", disabled=not editable
        )
    return file, alt, drop


def _save(run: Run, new: Details, cover: tuple[object, str, bool]) -> None:

    file, alt, drop = cover
    if file is not None:
        if not alt.strip():
            problem("The picture has no description.", "Say what it shows, for those who cannot see it.")
            return
        new = replace(new, cover=studio().publishing.take_picture(file.getvalue(), alt))  # type: ignore[attr-defined]
    elif drop:
        new = replace(new, cover=None)
    elif new.cover:
        new = replace(new, cover=replace(new.cover, alt=" ".join(alt.split())))
    studio().publishing.save_details(run.id, new, by=person())
    flash("Saved. The next publication goes out this way.")
    st.rerun()


def _list(text: str) -> tuple[str, ...]:
    """Tags out of a line.

    >>> _list("heat pumps, , old houses")
    ('heat pumps', 'old houses')
    """
    return tuple(" ".join(part.split()) for part in text.split(",") if part.strip())
