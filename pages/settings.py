"""Settings: models, search, gate, money, where articles go, house style, and a doctor."""

from typing import Any

import streamlit as st
from pydantic import SecretStr

from core.models import Trial
from core.settings import ROLES, Settings
from pages.components import session
from pages.components.door import studio
from pages.components.figures import moment, money, plain, share
from pages.components.shell import flash, guard, heading, problem, signs_in, told
from pages.components.targets import targets
from pages.states.home import engines

TABS = ["Models", "Search", "Judging and money", "Publishing", "Doctor"]
SECRETS = {
    "openai_api_key": ("OPENAI_API_KEY", "the model endpoint"),
    "rerank_api_key": ("RERANK_API_KEY", "the reranking model"),
    "tavily_api_key": ("TAVILY_API_KEY", "Tavily search"),
    "brave_api_key": ("BRAVE_API_KEY", "Brave search"),
}


def page() -> None:
    st.set_page_config(page_title="Settings · Galley")
    heading("Settings")
    settings = studio().settings
    bodies = st.tabs(TABS, key=session.STUDIO_TAB, on_change="rerun", bind="query-params")
    for body, draw in zip(bodies, (_models, _search, _judging, _publishing, _doctor), strict=True):
        if body.open:
            with body:
                draw(settings)


def save(values: dict[str, Any]) -> None:
    """Keep what was changed and say so."""
    with told():
        studio().save_settings(values)
        flash("Saved. The next step of every run uses it.")
        st.rerun()


def lines(text: str) -> tuple[str, ...]:
    """Sites or names from a text, separated by commas, blanks or lines.

    >>> lines("a.org, b.org c.org")
    ('a.org', 'b.org', 'c.org')
    """
    return tuple(text.replace(",", " ").split())


def secret(value: SecretStr | None, variable: str) -> str:
    """How a key is shown: that it is set, and its last four characters."""
    if value is None:
        return f"not set; put `{variable}` into the environment or `.streamlit/secrets.toml`"
    last = value.get_secret_value()[-4:] if len(value.get_secret_value()) >= 12 else ""
    return f"set in the environment{f' (ends in …{plain(last)})' if last else ''}"


def _secrets(settings: Settings, *names: str) -> None:
    for name in names:
        variable, use = SECRETS[name]
        st.markdown(f":small[:material/key: `{variable}` for {use}: {secret(getattr(settings, name), variable)}]")


def _models(settings: Settings) -> None:
    if settings.uses_model:
        st.markdown(":green[:material/check_circle:] A model is set up.")
    else:
        st.markdown(
            "**No model is set up, and none is needed.** Articles are composed from the sources' own sentences,"
            " on this machine, at no cost."
        )
    _local(settings)
    with st.form("models", border=False):
        base_url = st.text_input(
            "Endpoint (OpenAI-compatible, ends in /v1)",
            settings.base_url or "",
            placeholder="http://127.0.0.1:11434/v1",
        )
        one, two = st.columns(2)
        default = one.text_input(
            "Model for every role", settings.default_model or "", placeholder="for example qwen2.5:7b"
        )
        small = two.text_input(
            "Small model", settings.small_model or "", placeholder="none: every role keeps its own",
            help="Goes on from 70 % of a run's budget, and where a role's own model does not answer",
        )  # fmt: skip
        st.caption(
            "Or one for each role; empty means the one above, “extractive” no model."
            " The judge should be of another family than the writer."
        )
        chosen = {}
        for slot, role in zip(st.columns(len(ROLES)), ROLES, strict=True):
            chosen[role] = slot.text_input(role.capitalize(), settings.models.get(role, ""))
        smaller, others = _other_models(settings)
        one, two = st.columns(2)
        timeout = one.number_input("Seconds to wait for an answer", 5.0, 1800.0, settings.request_timeout_s, 5.0)
        context = two.number_input(
            "Tokens the smallest model can read at once", 2000, 1_000_000, settings.context_tokens, 1000
        )
        st.caption("A model that only puts passages in order may have the last word on which of them are read first.")
        one, two = st.columns(2)
        rerank_url = one.text_input(
            "Endpoint of a reranking model", settings.rerank_base_url or "", placeholder="http://127.0.0.1:8080/v1",
            help="What stands before /rerank, as of Cohere, Jina, vLLM, llama.cpp and Text Embeddings Inference."
            " Without one, passages stand in the built-in order.",
        )  # fmt: skip
        rerank_model = two.text_input("Its model", settings.rerank_model, help="Any name where the server has but one")
        _secrets(settings, "openai_api_key", "rerank_api_key")
        if st.form_submit_button("Save models", type="primary", icon=":material/save:"):
            save(
                {
                    "base_url": base_url.strip() or None,
                    "default_model": default.strip() or None,
                    "models": {role: name.strip() for role, name in chosen.items() if name.strip()},
                    "small_model": small.strip() or None,
                    "small_models": smaller,
                    "fallbacks": others,
                    "rerank_base_url": rerank_url.strip() or None,
                    "rerank_model": rerank_model.strip() or None,
                    "request_timeout_s": timeout,
                    "context_tokens": context,
                }
            )


def _other_models(settings: Settings) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Small models and fallbacks of single roles, as the form has them."""
    smaller, others = {}, {}
    with st.expander("Small models and fallbacks of single roles", icon=":material/alt_route:"):
        st.caption("Empty means the small model above. Several fallbacks are asked in their order, comma between.")
        for role in ROLES:
            one, two = st.columns(2)
            smaller[role] = one.text_input(
                f"{role.capitalize()}, from 70 % of the budget", settings.small_models.get(role, "")
            ).strip()
            others[role] = lines(
                two.text_input(f"{role.capitalize()}, if no answer comes", ", ".join(settings.fallbacks.get(role, ())))
            )
    return {role: name for role, name in smaller.items() if name}, {
        role: given for role, given in others.items() if given
    }


@st.cache_data(ttl=20, show_spinner="Looking for model servers on this machine")
def _found() -> list[tuple[str, str, list[str]]]:
    return [(name, url, list(models)) for name, url, models in studio().local_servers()]


def _local(settings: Settings) -> None:
    for name, url, models in _found():
        if settings.base_url == url:
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/dns: **{plain(name)}** runs here at `{url}`"
                f" with {plain(', '.join(models[:4]) or 'no model loaded')}",
                width="content",
            )
            if models and st.button(f"Use {plain(models[0])}", key=session.of("use", url)):
                save({"base_url": url, "default_model": models[0]})


def _search(settings: Settings) -> None:
    with st.form("search", border=False):
        known = list(dict.fromkeys([*engines(settings), "searxng", "tavily", "brave"]))
        chosen = st.multiselect(
            "Search engines", known, default=list(settings.engines), help="The library needs no network"
        )
        searxng = st.text_input("Address of a SearXNG", settings.searxng_url or "", placeholder="http://127.0.0.1:8888")
        one, two = st.columns(2)
        pages = one.number_input("Pages read for each question", 1, 50, settings.pages_per_question)
        deadline = two.number_input("Seconds a page may take", 1.0, 120.0, settings.page_deadline_s, 1.0)
        allow = one.text_input("Only these sites", ", ".join(settings.allow))
        deny = two.text_input("Never these sites", ", ".join(settings.deny))
        private = st.toggle(
            "Read pages on this machine and network",
            settings.allow_private_addresses,
            help="Off unless you know why: it lets a link reach what only you can reach",
        )
        _secrets(settings, "tavily_api_key", "brave_api_key")
        if st.form_submit_button("Save search", type="primary", icon=":material/save:"):
            save(
                {
                    "engines": chosen,
                    "searxng_url": searxng.strip() or None,
                    "pages_per_question": pages,
                    "page_deadline_s": deadline,
                    "allow": lines(allow),
                    "deny": lines(deny),
                    "allow_private_addresses": private,
                }
            )


def _judging(settings: Settings) -> None:
    with st.form("judging", border=False):
        gate = st.slider(
            "The gate: least faithfulness to publish without a reason", 0.0, 1.0, settings.gate, 0.05, format="percent"
        )
        section = st.slider(
            "The same for each section with three claims or more", 0.0, 1.0, settings.section_gate, 0.05,
            format="percent",
            help="Lower than the article's: of few claims, one misjudged weighs much. 0 asks for none.",
        )  # fmt: skip
        on_doubt = st.toggle(
            "Close the gate, too, where a person should look: fewer than five claims, an estimate that could lie on"
            " either side of the gate, or mostly doubtful verdicts",
            settings.gate_on_doubt,
        )
        entailment = st.text_input(
            "Folder of an entailment model", settings.entailment or "", placeholder="/models/minicheck",
            help="An NLI, MiniCheck or HHEM model as model.onnx with its tokenizer.json and config.json; needs the"
            " package onnxruntime. It is asked where words leave a doubt, before any model judge.",
        )  # fmt: skip
        one, two = st.columns(2)
        rounds = one.number_input("Correction rounds at most", 0, 10, settings.max_revisions)
        evidence = two.number_input("Tokens of evidence for each question", 200, 50_000, settings.evidence_tokens, 100)
        budget = one.number_input(
            "Money for one run, $ (0 means no limit)", 0.0, 1000.0, settings.budget_usd or 0.0, 0.25
        )
        autopilot = st.toggle(
            "Autopilot by default: approve the plan, and publish if the gate passes", settings.autopilot
        )
        if st.form_submit_button("Save judging and money", type="primary", icon=":material/save:"):
            with told():
                studio().judging.try_entailment(entailment.strip())
                save(
                    {
                        "gate": gate,
                        "section_gate": section,
                        "gate_on_doubt": on_doubt,
                        "entailment": entailment.strip() or None,
                        "max_revisions": rounds,
                        "evidence_tokens": evidence,
                        "budget_usd": budget or None,
                        "autopilot": autopilot,
                    }
                )

    st.subheader("The model that judges", anchor=False)
    judge = studio().judging.judge()
    if judge == "extractive":
        st.caption("None is set up: sentences are judged by rules and a fitted score, and what is doubtful is marked.")
        return
    st.markdown(
        f"**{plain(judge)}** is asked about what is doubtful. A trial asks it about sixty claims whose truth is known,"
        " half of them supported: it takes some twenty calls."
    )
    st.fragment(_trial, run_every=2 if studio().judging.trying().running else None)()


def _trial() -> None:
    """How the configured judge did, and the button that tries it; looks again while a trial runs."""
    trying = studio().judging.trying()
    if trying.running:
        st.session_state[session.of("trying")] = True
    elif st.session_state.pop(session.of("trying"), False):
        st.rerun()  # the trial is over: stop looking
    if trying.trial:
        _trial_result(trying.trial)
    elif not trying.running:
        st.markdown(":orange[:material/warning: It has passed no trial; its verdicts are marked so.]")
    if trying.problem:
        problem(trying.problem, trying.remedy)
    if st.button(
        "Trial running…" if trying.running else "Try the judge", disabled=trying.running, icon=":material/science:"
    ):
        studio().judging.start_trial()
        st.rerun()


def _trial_result(trial: Trial) -> None:
    passed = (
        ":green[:material/check_circle:] **Accepted**" if trial.accepted else ":red[:material/block:] **Not accepted**"
    )
    st.markdown(f"{passed} on {moment(trial.at):%d %b %Y}. It takes 80 % balanced accuracy and 98 % verbatim quotes.")
    with st.container(horizontal=True):
        st.metric(
            "Balanced accuracy", share(trial.balanced_accuracy), border=True, width=200,
            help="Mean of the shares of supported and unsupported claims judged right; 5 points either way is chance",
        )  # fmt: skip
        st.metric("Quotes verbatim", share(trial.verbatim), border=True, width=200)
        st.metric("Answers that count", f"{trial.answered} of {trial.claims}", border=True, width=200)
        st.metric("Cost", money(trial.cost_usd), border=True, width=200)
    st.dataframe(
        [{"Kind of claim": kind, "Judged right": right, "Of": of} for kind, (right, of) in trial.kinds.items()],
        hide_index=True,
        alt="The trial by kind of claim",
    )


def _publishing(settings: Settings) -> None:
    names = {form.name: form.title for form in studio().publishing.offered()}
    with st.form("publishing", border=False):
        one, two = st.columns(2)
        known = list(names) if settings.target in names else [settings.target, *names]
        target = one.selectbox(
            "Where articles go", known, index=known.index(settings.target), format_func=lambda n: names.get(n, n)
        )
        also = two.multiselect(
            "And also", [name for name in names if name != settings.target], format_func=names.get,
            default=[name for name in settings.also_to if name in names and name != settings.target],
            help="Ticked beside it, so that one click publishes to all of them",
        )  # fmt: skip
        title = one.text_input("Title of the site", settings.site_title)
        approvers = two.text_input(
            "Who may publish where people sign in", ", ".join(settings.approvers),
            placeholder="everybody; or addresses, comma between",
        )  # fmt: skip
        style = st.text_area("House style, for the editor", settings.house_style, height=120)
        if st.form_submit_button("Save publishing", type="primary", icon=":material/save:"):
            save(
                {
                    "target": target,
                    "also_to": also,
                    "approvers": lines(approvers),
                    "site_title": title.strip() or settings.site_title,
                    "house_style": style,
                }
            )
    st.link_button("Open the site", studio().site_url(), icon=":material/open_in_new:")
    targets()


def _doctor(settings: Settings) -> None:
    st.caption("What Galley needs, and whether it is there.")
    for check in studio().doctor():
        mark = ":green[:material/check_circle:]" if check.ok else ":orange[:material/error:]"
        remedy = f"  \n:gray[{plain(check.remedy.replace('`', ''))}]" if not check.ok and check.remedy else ""
        st.markdown(f"{mark} **{plain(check.name)}** {plain(check.message)}{remedy}")
    sign_in = "configured" if signs_in() else "none; one person on this machine"
    st.caption(f"Data: {plain(str(settings.data))} · sign-in: {sign_in}")


guard()
page()
