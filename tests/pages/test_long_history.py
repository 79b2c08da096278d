"""A history longer than a page: the newest come first, the others can be asked for, and counts say what they are of."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.models import Brief, Call, Draft, DraftSection, Gate, Label, Scorecard, Sentence, Status, Verdict
from core.settings import ROOT
from core.store import Store

MANY = 27


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Runs 0 to 26, each with an article of one claim; a model decided the first two."""
    monkeypatch.setenv("GALLEY_DATA", str(tmp_path))
    store = Store(tmp_path / "galley.db")
    for number in range(MANY):
        run = store.runs.add(Brief(topic=f"Topic {number}"))
        judge = "model:oak" if number < 2 else "alignment"
        claim = Sentence(text="It is.", verdict=Verdict(label=Label.SUPPORTED, score=1.0, reason="", judge=judge))
        sections = (DraftSection(heading="", question_id=None, sentences=(claim,)),)
        draft = store.drafts.add(Draft(run_id=run, title=f"Topic {number}", sections=sections))
        store.drafts.put_scores(draft.id, Scorecard(faithfulness=0.9, claims=1, supported=1), Gate(passed=True))
        store.runs.set(run, status=Status.FINISHED, draft_id=draft.id)
        with store.database.write() as c:
            c.execute("UPDATE runs SET created_at = ? WHERE id = ?", (f"2026-01-{number + 1:02}T00:00:00.000Z", run))
            c.execute("UPDATE drafts SET created_at = ? WHERE id = ?", (f"2026-01-{number + 1:02}T01:00Z", draft.id))
    return store


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "pages" / f"{name}.py", default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def titles(app: AppTest, column: str) -> list[str]:
    return next(table.value for table in app.dataframe if column in table.value.columns)[column].tolist()


def test_runs_are_paged_newest_first_and_none_is_missing(many: Store):
    first, second = page("runs"), page("runs", page="2")
    assert "27 runs" in [caption.value for caption in first.caption]
    shown = titles(first, "Title") + titles(second, "Title")
    assert shown == [f"Topic {number}" for number in reversed(range(MANY))]


def test_a_search_from_a_later_page_finds_what_fills_one_page(many: Store):
    runs = page("runs", page="2")
    runs.text_input[0].set_value("Topic 26").run()
    assert titles(runs, "Title") == ["Topic 26"]


def test_a_page_that_is_none_is_the_first(many: Store):
    first = titles(page("runs"), "Title")
    assert all(titles(page("runs", page=asked), "Title") == first for asked in ("first", "0", "9" * 30))


def test_a_run_in_the_list_has_its_score_and_its_claims(many: Store):
    wide = next(table.value for table in page("runs").dataframe if "Claims" in table.value.columns)
    assert (wide.iloc[0]["Faithfulness"], wide.iloc[0]["Claims"], wide.iloc[0]["State"]) == (90.0, "1", "✓ Finished")


def test_quality_shows_the_newest_articles_and_all_when_asked(many: Store):
    quality = page("quality")
    assert titles(quality, "Article") == [f"Topic {number}" for number in reversed(range(2, MANY))]
    assert "25 of 25" in [metric.value for metric in quality.metric]
    quality.toggle[0].set_value(True).run()
    assert len(titles(quality, "Article")) == MANY


def test_who_decided_is_counted_over_what_is_shown(many: Store):
    quality = page("quality")
    assert not [metric for metric in quality.metric if metric.label == "By oak"]
    quality.toggle[0].set_value(True).run()
    assert next(metric.value for metric in quality.metric if metric.label == "By oak") == "7 %"
    help_text = next(metric.help for metric in quality.metric if metric.label == "By oak")
    assert help_text.startswith("2 of 27 claims of the present drafts of the newest 200 runs")


def test_a_closer_look_at_the_judge_is_drawn_where_it_is_opened(many: Store):
    quality = page("quality")
    drawn = len(quality.get("plotly_chart"))
    quality.session_state["judges-thresholds"] = True
    quality.run()
    assert len(quality.get("plotly_chart")) == drawn + 1
    assert titles(quality, "Share of sentences")


def test_costs_offers_the_newest_runs_for_a_closer_look_and_any_that_the_address_names(many: Store):
    oldest = next(run.id for run in reversed(many.runs.page(size=MANY)[0]))
    for run in many.runs.page(size=MANY)[0]:
        call = Call(key="k", run_id=run.id, role="writer", task="section", model="oak", status="sent", cost_usd=0.25)
        many.calls.begin(call, "{}")
        many.calls.finish(replace(call, status="done", tokens_in=9), '"answer"')
    offered = page("costs").selectbox[1].options
    assert (len(offered), offered[0].partition(" · ")[0]) == (25, "Topic 26")
    named = page("costs", run=oldest)
    assert named.selectbox[1].value == oldest
    assert titles(named, "Task") == ["writer: section"]
    assert named.metric[0].value == "$6.75"
    assert [titles(named, column) for column in ("Model", "Role")] == [["oak"], ["writer"]]
