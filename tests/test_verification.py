"""Verify again: an article's claims hold from the rows alone, and tampering is found."""

import pytest

from core.errors import BriefError
from core.models import Label, Verdict
from core.verification.snapshots import verify
from tests.agents.small_house import House, claims, house, new_house, samples

__all__ = ["house", "new_house", "samples"]


def finished(house: House) -> str:
    run_id = house.start("Do street trees cool a hot city?", autopilot=True)
    house.work(run_id)
    return run_id


def test_every_claim_holds_and_a_changed_snapshot_is_found(house: House):
    run_id = finished(house)
    store = house.studio.store
    checks = verify(store, run_id)
    assert len(checks) == len(claims(house.draft(run_id))) > 5
    assert all(check.holds for check in checks)

    sentence = claims(house.draft(run_id))[0]
    passage = house.studio.passage(sentence.citations[0].passage_id)
    hash_ = house.studio.source(passage.source_id).text_hash
    house.row("UPDATE texts SET text = replace(text, ?, ?) WHERE hash = ?", passage.text[:40], "#" * 40, hash_)
    failed = [check for check in verify(store, run_id) if not check.holds]
    cited = [s.text for s in claims(house.draft(run_id)) if _cites(house, s, passage.snapshot_id)]
    assert sorted(check.sentence for check in failed) == sorted(cited)
    assert {check.why for check in failed} == {"A snapshot's text was changed."}


def _cites(house: House, sentence: object, snapshot_id: int) -> bool:
    passages = house.studio.passages([c.passage_id for c in sentence.citations])
    return any(p.snapshot_id == snapshot_id for p in passages.values())


def test_a_changed_sentence_is_found(house: House):
    run_id = finished(house)
    sentence = next(s for s in claims(house.draft(run_id)) if any(c.isdigit() for c in s.text))
    altered = "".join("7" if c in "123456" else c for c in sentence.text)
    house.row("UPDATE texts SET text = ? WHERE text = ?", altered, sentence.text)
    failed = [check.sentence for check in verify(house.studio.store, run_id) if not check.holds]
    assert failed == [altered]


def test_what_a_model_accepted_holds_until_something_contradicts_it(house: House):
    run_id = finished(house)
    sentence = claims(house.draft(run_id))[0]
    told = Verdict(label=Label.SUPPORTED, score=0.9, reason="said in other words", judge="model:m")
    house.studio.store.drafts.put_verdicts({sentence.id: told})
    house.row("UPDATE texts SET text = 'Cool air comes from leaves.' WHERE text = ?", sentence.text)
    check = next(c for c in verify(house.studio.store, run_id) if c.sentence == "Cool air comes from leaves.")
    assert check.holds
    assert check.now != Label.CONTRADICTED


def test_a_run_without_a_draft_has_nothing_to_verify(house: House):
    run_id = house.start()
    for unknown in (run_id, "r00000000"):
        with pytest.raises(BriefError, match="no draft to verify"):
            verify(house.studio.store, unknown)
