"""Targets in the settings: each one's form, drawn from what it asks for, and a test of the connection."""

import streamlit as st

from core.errors import GalleyError
from core.models import TargetField, TargetForm
from pages.components import session
from pages.components.door import studio
from pages.components.figures import plain
from pages.components.shell import flash, problem, told
from pages.components.words import CAPABILITIES


def targets() -> None:
    """All targets, those in use first."""
    st.subheader("Where articles can go", anchor=False)
    forms, default = studio().publishing.targets(), studio().settings.target
    for form in sorted(forms, key=lambda form: (not form.offered, form.name != default)):
        _target(form)


def _target(form: TargetForm) -> None:
    mark = ":green[:material/check_circle:]" if form.offered else ":gray[:material/radio_button_unchecked:]"
    partly = bool(form.missing) and any(field.is_set for field in form.fields)
    state = "" if form.offered else f" :orange[· {plain(', '.join(form.missing))} missing]" if partly else ""
    with st.expander(
        f"{mark} **{plain(form.title)}** :gray[{plain(form.about)}]{state}",
        key=session.of("target", form.name), on_change="rerun",
    ) as box:  # fmt: skip
        if box.open:
            _settings(form)


def _settings(form: TargetForm) -> None:
    kept = [CAPABILITIES[name] for name in CAPABILITIES if name in form.can]
    lost = [CAPABILITIES[name] for name in CAPABILITIES if name not in form.can]
    st.caption(f"Carries {', '.join(kept) or 'the text'}. Not: {', '.join(lost) or 'nothing is left out'}.")
    with st.form(session.of("set", form.name), border=False):
        values = {field.name: _field(field) for field in form.fields}
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save", type="primary", icon=":material/save:")
            tested = st.form_submit_button("Save and test the connection", icon=":material/cable:")
    if saved or tested:
        with told():
            studio().publishing.save_target(form.name, {k: v for k, v in values.items() if v is not None})
            if saved:
                flash(f"{form.title} is saved.")
                st.rerun()
            _test(form)
    if form.offered and form.name != "site" and st.button("Stop using it", key=session.of("stop", form.name)):
        with told():
            studio().publishing.forget_target(form.name)
            flash(f"{form.title} is not used any more, and its password is forgotten. What was published there stays.")
            st.rerun()


def _field(field: TargetField) -> str | None:
    """The field's input; None where the environment says it."""
    label = field.label if field.required or field.secret else f"{field.label} (optional)"
    if field.by_environment:
        st.text_input(field.label, field.value, help=plain(field.help), disabled=True)
        st.caption("Set by the environment.")
        return None
    if field.secret:
        shown = "kept in secrets.toml; empty leaves it" if field.is_set else ""
        return st.text_input(label, type="password", help=plain(field.help), placeholder=shown)
    if field.choices:
        at = field.choices.index(field.value) if field.value in field.choices else 0
        return st.selectbox(label, field.choices, at, help=plain(field.help))
    return st.text_input(label, field.value, help=plain(field.help))


def _test(form: TargetForm) -> None:
    try:
        with st.spinner(f"Asking {form.title}"):
            said = studio().publishing.test_connection(form.name)
    except GalleyError as error:
        problem(error.message, error.remedy)
        return
    st.success("  \n".join(plain(line) for line in said) or "It works.", icon=":material/check:")
