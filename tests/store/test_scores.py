"""Scorecards and the gate's answers, kept and read again."""

import json

from core.models import Draft, DraftSection, Gate, Scorecard, SectionScore
from core.store import Store


def drafted(store: Store) -> int:
    sections = (DraftSection(heading="", question_id=None, sentences=()),)
    return store.drafts.add(Draft(run_id="r1", title="Pumps", sections=sections)).id


def test_a_scorecard_comes_back_whole(store: Store):
    draft_id = drafted(store)
    card = Scorecard(
        faithfulness=0.5,
        voices=2.5,
        flags=("Abusive.",),
        sections=(SectionScore(heading="Cost", claims=2, supported=1),),
    )
    gate = Gate(
        passed=False, reasons=("Too low.",), remarks=("A person should look.",), threshold=0.8, section_threshold=0.6
    )
    store.drafts.put_scores(draft_id, card, gate)
    assert store.drafts.scores(draft_id) == (card, gate)


def test_one_from_before_the_newer_scores_is_read_too(store: Store):
    draft_id = drafted(store)
    with store.database.write() as c:
        c.execute(
            "UPDATE drafts SET scorecard = ?, passed = 1, reasons = ? WHERE id = ?",
            (
                json.dumps({"faithfulness": 1.0, "coverage": None, "claims": 3, "supported": 3}),
                '["An old one."]',
                draft_id,
            ),
        )
    assert store.drafts.scores(draft_id) == (
        Scorecard(faithfulness=1.0, claims=3, supported=3),
        Gate(passed=True, reasons=("An old one.",)),
    )


def test_a_list_of_runs_gets_the_scores_of_all_that_have_some(store: Store):
    scored, other, without = drafted(store), drafted(store), drafted(store)
    for draft_id, share in ((scored, 1.0), (other, 0.5)):
        store.drafts.put_scores(draft_id, Scorecard(faithfulness=share, claims=4), Gate(passed=True))
    assert store.drafts.faithfulness([scored, other, without, 999]) == {scored: (1.0, 4), other: (0.5, 4)}
