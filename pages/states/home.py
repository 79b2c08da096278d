"""No run yet: the topic, and what waits or works."""

import json
from pathlib import Path

import streamlit as st

from core.models import Brief, Run, Status
from core.settings import Settings
from pages.components import session, sources
from pages.components.arriving import EVERY_S, arriving, shown
from pages.components.door import studio
from pages.components.figures import ago, count, left, money, plain
from pages.components.shell import badge, flash, nothing, person, told
from pages.components.words import BUDGET_SPENT, STEPS, standing
from pages.states.verification import update_row

LENGTHS = {"Short · 600 words": 600, "Article · 1,200 words": 1200, "Long read · 2,500 words": 2500}
AUDIENCES = ["General reader", "Practitioner", "Expert", "Student", "Decision maker"]
FORM = "asked"
TONES = ["Neutral", "Plain", "Analytical", "Warm"]
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "topics.json"


def home() -> None:
    settings = studio().settings
    held, busy = studio().library(size=1).total, arriving()
    st.set_page_config(page_title="Galley · Studio")
    _, middle, _ = st.columns([1, 6, 1])
    with middle:
        st.title("What should we research?", anchor=False)
        _brief(settings, held, busy)
        if not held and not busy:
            _first_run()
        _examples()
        _lists()


def _brief(settings: Settings, held: int, busy: bool) -> None:
    st.text_area(
        "Topic",
        key=session.TOPIC,
        height=112,
        label_visibility="collapsed",
        placeholder="For example: are heat pumps worth it in an old house?",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Length", list(LENGTHS), index=1, key=session.LENGTH, width=210)
        st.selectbox("Audience", AUDIENCES, key=session.AUDIENCE, width=180)
        if settings.uses_model:
            st.number_input(
                "Budget, $",
                0.0,
                100.0,
                settings.budget_usd or 0.0,
                0.25,
                key=session.BUDGET,
                width=140,
                help="What a run may cost in all; 0 means no limit",
            )
        st.button(
            "Make a plan", type="primary", icon=":material/arrow_forward:", shortcut="Ctrl+Enter",
            on_click=_start, args=(settings,),
        )  # fmt: skip
    st.fragment(_rests_on, run_every=EVERY_S if busy else None)(settings, held, busy)
    estimated = st.container()
    _options(settings)
    if settings.uses_model:
        estimated.caption(_estimate())


def _rests_on(settings: Settings, held: int, busy: bool) -> None:
    """What the article will rest on; counts on while sources arrive."""
    if busy:
        held = studio().library(size=1).total
    how = (
        "A model writes and judges."
        if settings.uses_model
        else "Works without a model: articles are composed from the sources' own sentences."
    )
    st.caption(
        f"You see the plan before anything is researched. {how}"
        f" {count(held, 'source')} in the library{' so far' if busy else ''}."
    )
    if busy or not held:
        shown(busy)


def _estimate() -> str:
    """What such a run will take, before there is a plan; rests on the form as it stands."""
    said = st.session_state
    brief = Brief(
        topic="any", words=LENGTHS[said[session.LENGTH]], budget_usd=said[session.BUDGET],
        engines=tuple(said[session.ENGINES]),
    )  # fmt: skip
    found = studio().estimate(brief)
    return f"Estimate: {plain(found.told)}. {plain(found.degrades)}"


def _options(settings: Settings) -> None:
    with st.expander("Options", icon=":material/tune:", key=session.of("options")):
        one, two = st.columns(2)
        with one:
            st.selectbox("Tone", TONES, key=session.TONE)
            st.multiselect("Search in", engines(settings), default=list(settings.engines), key=session.ENGINES)
            st.toggle(
                "Autopilot: approve the plan, and publish if the gate passes", settings.autopilot, key=session.AUTOPILOT
            )
        with two:
            st.text_input("Only these sites", key=session.ALLOW, placeholder="gov.uk, nature.com")
            st.text_input("Never these sites", key=session.DENY, placeholder="example.com")
            st.selectbox(
                "Publish to", [form.name for form in studio().publishing.offered()], key=session.TARGET,
                format_func=lambda name: next(f.title for f in studio().publishing.offered() if f.name == name),
            )  # fmt: skip
        sources.fields(FORM, Brief(topic=""))
        st.text_area("Addresses to read in any case, one a line", key=session.URLS, height=80)


def engines(settings: Settings) -> list[str]:
    """Search engines that can be chosen: those of the settings and the built-in ones."""
    return list(dict.fromkeys([*settings.engines, "library", "wikipedia", "duckduckgo", "arxiv"]))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.replace(",", " ").split() if part)


def _start(settings: Settings) -> None:
    """Hand the brief over and go to its run; runs before the page is drawn again."""
    said = st.session_state
    brief = Brief(
        topic=said[session.TOPIC].strip(),
        audience=said[session.AUDIENCE].lower(),
        tone=said[session.TONE].lower(),
        words=LENGTHS[said[session.LENGTH]],
        budget_usd=said.get(session.BUDGET) if settings.uses_model else None,
        autopilot=said[session.AUTOPILOT],
        target=said[session.TARGET],
        engines=tuple(said[session.ENGINES]) or settings.engines,
        allow=_split(said[session.ALLOW]) or settings.allow,
        deny=_split(said[session.DENY]) or settings.deny,
        urls=_split(said[session.URLS]),
        max_revisions=settings.max_revisions,
        **sources.chosen(FORM),
    )
    with told():
        st.query_params["run"] = studio().start(brief, by=person())


def _first_run() -> None:
    with st.container(border=True):
        st.markdown("##### Nothing to read yet")
        st.write(
            "The library is empty. Add the sample library, three small collections on heat pumps, street trees and"
            " sleep, and try Galley in a minute; or add sources of your own."
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Add the sample library", type="primary", icon=":material/library_add:"):
                with told():
                    studio().add_sample_library()
                    flash("The sample library is being read. It takes a few seconds; you can start already.")
                    st.rerun()
            st.page_link("library.py", label="Add your own sources", icon=":material/upload:")


@st.cache_data
def topics() -> list[str]:
    """Three example topics that the sample library can answer."""
    found = json.loads(SAMPLES.read_text("utf-8"))
    return [item["topic"] if isinstance(item, dict) else item for item in found][:3]


def _examples() -> None:
    def fill(topic: str) -> None:
        st.session_state[session.TOPIC] = topic

    st.caption("Or try one of these")
    with st.container(horizontal=True):
        for place, topic in enumerate(topics()):
            st.button(plain(topic), key=session.of("example", place), on_click=fill, args=(topic,))


def _lists() -> None:
    waiting, working = studio().waiting(), studio().running()
    updates = studio().verifying.waiting()
    if waiting or updates:
        st.subheader("Waiting for you", anchor=False)
        for run in waiting[:10]:
            _row(run, "Open")
        for run, found in updates[:10]:
            update_row(run, found)
    if working:
        st.subheader("Running now", anchor=False)
        st.fragment(_working, run_every=2)(tuple(run.id for run in working))
    if not waiting and not working and not studio().runs(size=1).total:
        st.space("small")
        nothing("Your runs will be listed here.", "Write a topic above, or take one of the examples.")


def _working(shown: tuple[str, ...]) -> None:
    working = studio().running()
    if tuple(run.id for run in working) != shown:
        st.rerun()
    for run in working[:10]:
        _row(run, "Watch")


def _row(run: Run, verb: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            badge(standing(run))
            st.markdown(plain(run.title), width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(_standing(run), width="content")
            st.page_link(
                "studio.py",
                label=verb,
                query_params={"run": run.id},
                icon=":material/chevron_right:",
                icon_position="right",
            )


def _standing(run: Run) -> str:
    branch = f"branch from {STEPS[run.fork.step]} · " if run.fork else ""
    return branch + _progress(run)


def _progress(run: Run) -> str:
    if run.status in {Status.QUEUED, Status.RUNNING, Status.PAUSED}:
        progress, paused = studio().progress(run.id), run.status == Status.PAUSED
        parts = [
            "the disk is full" if paused and run.error else "",
            f"step {min(progress.steps, progress.step_index + 1)} of {progress.steps}",
            "" if paused else left(progress.left_s),
            money(run.cost_usd, run.unpriced),
        ]
        return " · ".join(part for part in parts if part)
    if run.status == Status.PLAN:
        return f"plan ready · {ago(run.started_at or run.created_at)}"
    if standing(run) is BUDGET_SPENT:
        return "raise its budget, or take what there is"
    card = studio().scorecard(run.draft_id) if run.draft_id else None
    weak = card.partly + card.unsupported + card.contradicted if card else 0
    return f"ready {ago(run.finished_at or run.started_at)} · {count(weak, 'weak sentence')}"
