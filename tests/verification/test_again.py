"""An article whose sources live on: each change on a real site is found, told apart, and proposed."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from core.__main__ import main
from core.errors import BriefError, ConflictError
from core.library import take_in
from core.models import Document, Finding, Flag, Label, Snapshot, Standing, Verdict, Verification
from core.record.check import check
from core.record.export import export
from core.verification.again import verify_again
from core.verification.live import wall
from core.verification_door import VerificationDoor
from tests.agents.small_house import House, claims
from tests.scripted.model_server import ScriptedModel
from tests.verification.living_site import COST, NOW, PAGES, LivingSite, cited

Published = tuple[House, str]


def look(published: Published, now: float = NOW) -> Verification:
    house, run_id = published
    return verify_again(house.process, run_id, by="Ada", now=now)


def finding(found: Verification, sentence: str) -> Finding:
    return next(one for one in found.findings if sentence in one.sentence)


def door(house: House) -> VerificationDoor:
    return VerificationDoor(house.studio.store, lambda: house.studio.settings, house.studio.decide)


# --- what is found ---------------------------------------------------------------


def test_unchanged_pages_are_asked_conditionally_and_leave_everything_current(published: Published, site: LivingSite):
    site.site.seen.clear()
    found = look(published)
    assert found.counts == {"current": 15}
    assert (found.claims, found.holding) == (15, 15)
    assert found.findings == ()
    assert found.proposal == ""
    assert all("if-none-match" in headers for path, headers in site.site.seen if path in PAGES)


def test_unchanged_pages_are_current_when_the_cache_has_forgotten_them(published: Published):
    published[0].row("DELETE FROM web_cache")
    found = look(published)
    assert found.counts == {"current": 15}
    assert {one.message for one in found.looks} == {"Its server says that it is unchanged."}


def test_another_number_contradicts_and_is_proposed_not_published(published: Published, site: LivingSite):
    house, run_id = published
    before, drafted = house.site(), house.run(run_id).draft_id
    site.edit("/cost", "12,400 homes", "11,300 homes")
    found = look(published)
    assert found.counts == {"current": 14, "contradicted": 1}
    one = found.findings[0]
    assert one.reason == "The passage says 11,300, the sentence 12,400."
    assert "12,400" in one.before
    assert "11,300" in one.after
    assert "11,300" in one.proposed
    assert one.url.endswith("/cost")
    assert found.proposal == "open"
    proposed = house.studio.draft(found.proposed_id)
    assert all(s.verdict.label is Label.SUPPORTED for s in claims(proposed))
    assert house.site() == before
    assert house.run(run_id).draft_id == drafted
    record = check(export(house.studio.store, run_id, house.studio.settings))
    assert record.holds, "the article rests on the text that was read, whatever was read since"
    assert any("is the article of this record" in note for note in record.notes)


def test_a_denial_taken_back_contradicts(published: Published, site: LivingSite):
    site.edit("/floods", "does not protect the allotments", "protects the allotments")
    assert finding(look(published), "allotments").state is Standing.CONTRADICTED


def test_other_words_for_the_same_are_changed_and_still_supported(published: Published, site: LivingSite):
    site.edit("/floods", "kept the lower town dry during the flood", "kept the whole lower town dry during the flood")
    found = look(published)
    one = finding(found, "lower town dry")
    assert one.state is Standing.CHANGED
    assert one.proposed == one.sentence, "only its citation moves"
    assert "whole lower town" in one.after
    assert found.counts["current"] == 14


def test_words_that_moved_to_another_place_are_current(published: Published, site: LivingSite):
    lines = COST.strip().splitlines()
    site.write("/cost", "\n".join([*lines[::-1], "A paragraph about something else stands here now, as pages do."]))
    assert look(published).counts == {"current": 15}


def test_a_passage_that_was_cut_is_gone_though_the_page_is_there(published: Published, site: LivingSite):
    site.edit("/fish", "Wardens counted 5,200 salmon at the barrier's fish pass in 2023.\n", "")
    one = finding(look(published), "5,200 salmon")
    assert one.state is Standing.GONE
    assert "no longer on the page" in one.reason
    assert one.proposed == ""


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_was_removed_is_gone(published: Published, site: LivingSite, status: int):
    site.remove("/fish", status)
    found = look(published)
    assert found.counts == {"current": 10, "gone": 5}
    assert str(status) in found.findings[0].reason
    assert found.proposal == "open"
    assert found.proposed_id is None, "only a person can say what to do"
    assert found.holding == 15, "the snapshots hold as they did"
    with pytest.raises(BriefError, match="no text to take over"):
        door(published[0]).accept(found.id)


@pytest.mark.parametrize(
    "answer",
    [
        (403, b"no"), (503, b"later"), (451, b""), (200, b""), (200, b"<html><body>Please enable JavaScript</body>"),
    ],
)  # fmt: skip
def test_a_closed_door_is_unreachable_and_nothing_is_held_against_the_article(
    published: Published, site: LivingSite, answer: tuple[int, bytes]
):
    house, _ = published
    house.process.client._deadline_s = 0.6
    card = house.studio.scorecard(house.run(published[1]).draft_id)
    site.say("/fish", answer[0], answer[1], **{"content-type": "text/html"})
    found = look(published)
    assert found.counts == {"current": 10, "unreachable": 5}
    assert found.proposal == ""
    assert house.studio.scorecard(house.run(published[1]).draft_id) == card


def test_a_site_that_is_down_is_unreachable(published: Published, site: LivingSite):
    site.go_down(published[0])
    found = look(published)
    assert found.counts == {"unreachable": 15}
    assert found.holding == 15


def test_a_sentence_with_a_second_source_outlives_its_first(published: Published, site: LivingSite):
    house, run_id = published
    extra = "Wardens counted 5,200 salmon at the barrier's fish pass in 2023."
    site.write("/floods", PAGES["/floods"][1] + extra)
    other = house.process.holdings.keep(_read(house, site, "/floods"))
    passage = next(p for p in house.process.store.passages.of_snapshot(other.snapshot_id) if extra in p.text)
    number = house.process.store.evidence.number(run_id, passage.id)
    draft = house.draft(run_id)
    first = cited(house, run_id, extra)
    markdown = house.studio.markdown(draft.id).replace(first, f"{first}[{number}]")
    house.decide(run_id, "edit", draft_id=draft.id, markdown=markdown)
    assert len(next(s for s in claims(house.draft(run_id)) if s.text == extra).citations) == 2
    house.decide(run_id, "publish", target="site")
    site.remove("/fish")
    one = finding(look(published), "5,200 salmon")
    assert one.state is Standing.CHANGED
    assert "still supports it" in one.reason


def _read(house: House, site: LivingSite, path: str):  # noqa: ANN202
    from core.reading.extract import extract_response

    return extract_response(house.process.client.get(site.site.url + path))


def test_what_a_model_accepted_is_changed_when_its_words_were_touched_lightly(published: Published, site: LivingSite):
    house, run_id = published
    sentence = next(s for s in claims(house.draft(run_id)) if "otters" in s.text)
    told = Verdict(
        label=Label.SUPPORTED, score=0.9, reason="in other words", judge="model:m",
        passage_id=sentence.verdict.passage_id, quote=sentence.verdict.quote,
    )  # fmt: skip
    house.studio.store.drafts.put_verdicts({sentence.id: told})
    house.row(
        "UPDATE texts SET text = 'Wild mammals are back upstream, a charity reports.' WHERE text = ?", sentence.text
    )
    site.edit("/fish", "The river trust says that otters", "The local river trust says that otters")
    one = finding(look(published), "Wild mammals")
    assert one.state is Standing.CHANGED
    assert "please look" in one.reason


def test_a_wall_before_a_page_is_not_its_text():
    page = " ".join(
        f"The barrier was closed {i} times in the year {1800 + i} because of high water." for i in range(60)
    )
    snapshot = Snapshot(id=1, source_id=1, text=page, text_hash="", fetched_at="", url="", title="")
    consent = "We value your privacy and that of our 812 partners. " * 12
    read = Document(url="", title="", text=consent, media_type="text/html", fetched_at="")
    assert "wall" in wall(read, snapshot)
    assert wall(replace(read, text=consent * 10), snapshot) == "", "as long as the page: then it was replaced"
    assert wall(replace(read, text=page[: len(page) // 6]), snapshot) == "", "the page itself, shortened"
    cut = replace(read, text=page, flags=(Flag(kind="truncated", start=0, end=0, note=""),))
    assert "not be read to its end" in wall(cut, snapshot)


# --- files of the library ---------------------------------------------------------------


def test_files_of_the_library_are_read_again_from_their_place(new_house, tmp_path: Path):  # noqa: ANN001
    house = new_house()
    folder = tmp_path / "river"
    folder.mkdir()
    file = folder / "cost.md"
    file.write_text(f"# What the river barrier costs\n\n{COST}")
    house.studio.add_folder(str(folder))
    take_in(house.process.store.ingests.claim("test"), house.process)
    run_id = house.start("What does the Aldermoor river barrier protect?", autopilot=True, collections=("river",))
    house.work(run_id)
    counted = len(claims(house.draft(run_id)))
    assert counted >= 2
    assert look((house, run_id)).counts == {"current": counted}

    file.write_text(f"# What the river barrier costs\n\n{COST.replace('12,400', '11,300')}")
    found = look((house, run_id))
    assert finding(found, "12,400").state is Standing.CONTRADICTED
    assert found.proposal == "", "what nobody published needs no update"

    file.rename(tmp_path / "elsewhere.md")
    found = look((house, run_id))
    assert found.counts == {"snapshot only": counted}
    assert "not where it was read from" in found.looks[0].message


# --- what becomes of a proposal ---------------------------------------------------------------


def test_an_accepted_update_goes_through_the_desk_and_is_published_with_a_note(published: Published, site: LivingSite):
    house, run_id = published
    site.edit("/cost", "12,400 homes", "11,300 homes")
    found = look(published)
    desk = door(house)
    assert [(run.id, one.id) for run, one in desk.waiting()] == [(run_id, found.id)]
    desk.accept(found.id, by="Ada")
    with pytest.raises(ConflictError):
        desk.accept(found.id, by="Ada")
    house.work(run_id)
    assert desk.waiting() == []
    assert "11,300" in house.studio.markdown(house.run(run_id).draft_id)
    assert all("11,300" not in page for page in house.site().values()), "nothing is published without approval"
    house.decide(run_id, "publish", target="site")
    page = "".join(house.site().values())
    assert "11,300 homes" in page
    assert "12,400" not in page
    assert "Brought up to date after its sources changed: 1 sentence." in page
    assert look(published).counts == {"current": 15}
    assert check(export(house.studio.store, run_id, house.studio.settings)).holds


def test_a_dismissed_finding_does_not_ask_again_and_another_one_does(published: Published, site: LivingSite):
    house, _ = published
    site.edit("/cost", "12,400 homes", "11,300 homes")
    door(house).dismiss(look(published).id, by="Ada")
    again = look(published)
    assert again.counts["contradicted"] == 1
    assert again.proposal == ""
    site.edit("/cost", "12,400 homes", "10,200 homes")
    assert look(published).proposal == "open"


def test_the_same_finding_week_after_week_is_one_proposal(published: Published, site: LivingSite):
    house, run_id = published
    site.edit("/cost", "12,400 homes", "11,300 homes")
    first, second = look(published), look(published, NOW + 7 * 86_400)
    assert second.proposed_id == first.proposed_id
    assert len(door(house).waiting()) == 1
    assert len(house.studio.drafts(run_id)) == house.studio.drafts(run_id)[0].version


def test_a_page_that_goes_back_to_what_it_was_withdraws_the_proposal(published: Published, site: LivingSite):
    site.edit("/cost", "12,400 homes", "11,300 homes")
    assert look(published).proposal == "open"
    site.write("/cost", COST)
    assert look(published).proposal == ""
    assert door(published[0]).waiting() == []


def test_an_update_never_overwrites_what_a_person_wrote_meanwhile(published: Published, site: LivingSite):
    house, run_id = published
    site.edit("/cost", "12,400 homes", "11,300 homes")
    found = look(published)
    draft = house.draft(run_id)
    markdown = house.studio.markdown(draft.id).replace("# What the barrier protects", "# The barrier")
    house.decide(run_id, "edit", draft_id=draft.id, markdown=markdown)
    with pytest.raises(ConflictError, match="edited after"):
        door(house).accept(found.id)
    renewed = look(published)
    assert renewed.base_id == house.run(run_id).draft_id
    door(house).accept(renewed.id)
    house.work(run_id)
    assert house.draft(run_id).title == "The barrier"


def test_what_cannot_be_mended_is_marked_for_the_person(published: Published, site: LivingSite):
    house, _ = published
    site.edit(
        "/floods", "have fallen by 71 per cent since the barrier opened.", "are discussed elsewhere, with sources"
    )
    found = look(published)
    one = finding(found, "71 per cent")
    assert one.state is Standing.GONE
    assert one.proposed == ""
    marked = next(s for s in claims(house.studio.draft(found.proposed_id)) if "71 per cent" in s.text)
    assert marked.verdict.label is not Label.SUPPORTED
    assert house.studio.scorecard(found.proposed_id).supported == 14


def test_with_a_model_the_sentence_is_written_again_and_a_bad_answer_is_no_proposal(
    published: Published, site: LivingSite
):
    house, _ = published
    house.studio.save_settings({"default_model": "m"})
    site.edit("/cost", "12,400 homes", "11,300 homes")
    said = {"text": ""}

    def answer(messages: list[dict[str, str]], response_format: object) -> str:
        number = re.search(r"\[(\d+)\] The Aldermoor river barrier was opened", messages[-1]["content"])
        assert number
        return said["text"].replace("[n]", f"[{number[1]}]")

    with ScriptedModel(answer=answer) as server:
        house.studio.save_settings({"base_url": server.base_url})
        said["text"] = "The barrier protects 99,000 homes. [n]"
        assert finding(look(published), "12,400").proposed == ""
        site.edit("/cost", "12,400 homes", "11,200 homes")
        said["text"] = "The barrier protects 11,200 homes in the lower town. [n]"
        assert finding(look(published), "12,400").proposed == "The barrier protects 11,200 homes in the lower town."
    site.edit("/cost", "12,400 homes", "11,100 homes")
    house.studio.save_settings({"request_timeout_s": 1.0})
    assert finding(look(published), "12,400").proposed == "", "no model answers: a person's turn"


def test_the_command_tells_both_and_leaves_with_2(
    published: Published, site: LivingSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    house, run_id = published
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    monkeypatch.setenv("GALLEY_ALLOW_PRIVATE", "1")
    assert main(["verify", "--all"]) == 0
    assert "Their sources today: 15 current." in capsys.readouterr().out
    site.edit("/cost", "12,400 homes", "11,300 homes")
    assert main(["verify", run_id, "--stored"]) == 0
    assert main(["verify", run_id]) == 2
    told = capsys.readouterr().out
    assert "15 of 15 claims hold by their snapshots" in told
    assert "contradicted: The barrier protects 12,400 homes" in told
    assert "The passage says 11,300, the sentence 12,400." in told
    assert main(["verify", run_id, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["live"]["counts"] == {"current": 14, "contradicted": 1}
    assert main(["verify"]) == 1
