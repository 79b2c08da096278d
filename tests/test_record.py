"""The record: whoever gets one can check it alone, and nobody can change it unseen."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.__main__ import main
from core.errors import BriefError, SettingsError
from core.judging.scorecard import by_section
from core.models import Call, Label, Verdict
from core.record.check import check
from core.record.contents import Record, from_json, to_json
from core.record.export import export, sealed
from core.record.gather import gather
from core.record.keys import NAME, fingerprint, own_fingerprint, same_fingerprint, signing_key
from core.record.package import MANIFEST, RECORD, SIGNATURE, RecordError, pack, unpack
from core.record.redact import without_secrets
from core.settings import load
from tests.agents.small_house import House, claims, house, new_house, samples

__all__ = ["house", "new_house", "samples"]

AT = "2026-02-03T04:05:06Z"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def published(house: House) -> tuple[House, str]:
    run_id = house.start("Do street trees cool a hot city?", autopilot=True, target="site")
    house.work(run_id)
    return house, run_id


def recorded(house: House, run_id: str) -> bytes:
    return export(house.studio.store, run_id, house.studio.settings, at=AT)


def changed(house: House, run_id: str, change: Callable[[Record, dict[str, str]], Record]) -> bytes:
    """A record with other contents, rightly listed and signed: what a dishonest author could make."""
    record, texts = gather(house.studio.store, run_id, house.studio.settings)
    return sealed(change(record, texts), texts, house.studio.settings, at=AT)


# --- it travels ---------------------------------------------------------------


def test_a_record_verifies_without_the_database_it_came_from(
    published: tuple[House, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    house, run_id = published
    body = recorded(house, run_id)
    file = tmp_path / "article.zip"
    file.write_bytes(body)
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("GALLEY_DATA", str(elsewhere))
    assert main(["verify", str(file), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["holds"]
    assert said["run"] == run_id
    assert len(said["sentences"]) == len(claims(house.draft(run_id))) > 5
    assert said["problems"] == []
    assert not elsewhere.exists(), "checking makes no database"

    key = own_fingerprint(house.data / "keys")
    assert main(["verify", str(file), "--key", key.upper().replace("-", " ")]) == 0
    told = capsys.readouterr().out
    assert "a key this machine does not know" in told
    assert "is the article of this record" in told
    assert main(["verify", str(file), "--key", fingerprint(bytes(32))]) == 1
    assert "signed by" in capsys.readouterr().err


def test_the_same_article_gives_the_same_bytes(published: tuple[House, str]):
    house, run_id = published
    assert recorded(house, run_id) == recorded(house, run_id)
    later = export(house.studio.store, run_id, house.studio.settings, at="2027-01-01T00:00:00Z")
    first, second = (zipfile.ZipFile(io.BytesIO(body)) for body in (recorded(house, run_id), later))
    differing = [name for name in first.namelist() if first.read(name) != second.read(name)]
    assert differing == [SIGNATURE]


def test_a_record_reads_back_as_it_was(published: tuple[House, str]):
    record, _ = gather(published[0].studio.store, published[1], published[0].studio.settings)
    assert from_json(to_json(record)) == record


def test_the_command_writes_a_record_and_says_who_signed(
    published: tuple[House, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    house, run_id = published
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    out = tmp_path / "x.zip"
    assert main(["record", run_id, "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["signed_by"] == own_fingerprint(house.data / "keys")
    assert main(["verify", str(out)]) == 0
    assert "this machine's own key" in capsys.readouterr().out
    assert main(["record", "r00000000"]) == 1
    assert main(["record", run_id, "--out", str(tmp_path / "no" / "such" / "x.zip")]) == 1


def test_a_run_without_a_judged_article_has_no_record(house: House):
    run_id = house.start()
    with pytest.raises(BriefError, match="no article"):
        recorded(house, run_id)


# --- it cannot be changed ---------------------------------------------------------------


def small() -> bytes:
    files = {RECORD: b"{}", f"texts/{'a' * 64}.txt": b"Some words.", f"calls/{'b' * 64}.txt": b""}
    return pack(files, run="r1", title="A title", key=KEY, at=AT)


@pytest.mark.parametrize("flip", [0x01, 0x20, 0xFF])
def test_every_flipped_byte_is_found(flip: int):
    body = small()
    unpack(body)
    for place in range(len(body)):
        altered = bytearray(body)
        altered[place] ^= flip
        with pytest.raises(RecordError) as error:
            unpack(bytes(altered))
        assert error.value.found[0], place


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_flipped_byte_of_a_real_record_is_found(published: tuple[House, str], data: st.DataObject):
    body = bytearray(recorded(*published))
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RecordError):
        check(bytes(body))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=40).map(lambda tail: small() + tail) | st.binary(max_size=9).map(
    lambda head: head + small()) | st.integers(0, 1500).map(lambda n: small()[:n]))  # fmt: skip
def test_whatever_is_no_record_is_refused_in_words(body: bytes):
    if body == small():
        return
    with pytest.raises(RecordError) as error:
        unpack(body)
    assert error.value.remedy


def rezipped(change: Callable[[dict[str, bytes]], None], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """The small record with other files, checksums right."""
    with zipfile.ZipFile(io.BytesIO(small())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.update({f"texts/{'a' * 64}.txt": b"Some wards."}), "a.txt was changed: its SHA-256"),
        (lambda files: files.pop(f"texts/{'a' * 64}.txt"), "a.txt is missing"),
        (lambda files: files.update({f"texts/{'c' * 64}.txt": b"x"}), "c.txt was added"),
        (lambda files: files.update({"../../etc/passwd": b"x"}), "a file that no record has: '../../etc/passwd'"),
        (lambda files: files.update({"/etc/passwd": b"x"}), "a file that no record has"),
        (lambda files: files.pop(SIGNATURE), "no signature.json"),
        (lambda files: files.pop(RECORD), "no record.json"),
        (lambda files: files.update({MANIFEST: b"[" * 100_000}), "manifest.json was changed"),
        (lambda files: files.update({MANIFEST: files[MANIFEST].replace(b"A title", b"B title")}), "does not fit"),
        (
            lambda files: files.update({SIGNATURE: files[SIGNATURE].replace(AT.encode(), b"2020-02-03T04:05:06Z")}),
            "The signature does not fit",
        ),
    ],
)
def test_what_was_changed_is_said(change: Callable[[dict[str, bytes]], None], said: str):
    with pytest.raises(RecordError) as error:
        unpack(rezipped(change))
    assert said in " ".join(error.value.found)


def test_a_bomb_is_refused_unpacked(monkeypatch: pytest.MonkeyPatch):
    bomb = rezipped(
        lambda files: files.update({f"texts/{'d' * 64}.txt": bytes(50_000_000)}), compression=zipfile.ZIP_DEFLATED
    )
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(RecordError, match="compressed"):
        unpack(bomb)


def test_a_file_too_large_for_a_record_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "big.zip"
    with file.open("wb") as out:
        out.truncate(300_000_000)
    assert main(["verify", str(file)]) == 1
    assert main(["verify", str(tmp_path / "nothing.zip")]) == 1


# --- it says what does not hold ---------------------------------------------------------------


def test_an_invented_sentence_rightly_signed_fails(published: tuple[House, str]):
    house, run_id = published

    def invent(record: Record, texts: dict[str, str]) -> Record:
        section = record.draft.sections[1]
        lie = replace(section.sentences[0], text="Street trees cooled the whole city by 40 °C in a single hour.")
        sections = (record.draft.sections[0], replace(section, sentences=(lie, *section.sentences[1:])))
        return replace(record, draft=replace(record.draft, sections=(*sections, *record.draft.sections[2:])))

    checked = check(changed(house, run_id, invent))
    assert [c.sentence for c in checked.sentences if not c.holds] == [
        "Street trees cooled the whole city by 40 °C in a single hour."
    ]
    assert any("not those of the draft" in problem for problem in checked.problems)


def test_an_altered_source_rightly_signed_fails(published: tuple[House, str]):
    house, run_id = published

    def alter(record: Record, texts: dict[str, str]) -> Record:
        name = next(name for name in texts if name.startswith("texts/"))
        texts[name] = texts[name].replace("trees", "towers")
        return record

    checked = check(changed(house, run_id, alter))
    assert any("its hash differs" in problem for problem in checked.problems)
    assert not checked.holds


def test_moved_offsets_a_flattering_card_and_a_forced_gate_fail(published: tuple[House, str]):
    house, run_id = published

    def move(record: Record, texts: dict[str, str]) -> Record:
        cited = record.draft.sentences[0].citations[0].passage_id
        return replace(
            record, passages=tuple(replace(p, start=p.start + 1) if p.id == cited else p for p in record.passages)
        )

    checked = check(changed(house, run_id, move))
    assert any("does not stand where its offsets say" in problem for problem in checked.problems)

    def unquote(record: Record, texts: dict[str, str]) -> Record:
        return replace(record, quotes=tuple(replace(q, text=q.text + " indeed") for q in record.quotes))

    assert any("quote on record" in p for p in check(changed(house, run_id, unquote)).problems)

    def flatter(record: Record, texts: dict[str, str]) -> Record:
        return replace(record, scorecard=replace(record.scorecard, supported=1, contradicted=2))

    problems = check(changed(house, run_id, flatter)).problems
    assert any("the verdicts give" in p for p in problems)
    assert any("said to have passed" in p for p in problems)


def test_a_section_below_what_the_gate_asked_of_it_fails(published: tuple[House, str]):
    house, run_id = published
    asked = "The gate asked for a faithfulness of 0.80, and of 0.60 in each section with 3 claims or more."
    assert asked in check(recorded(house, run_id)).notes

    def weaken(record: Record, texts: dict[str, str]) -> Record:
        """All claims of the longest section hold in part only, and the scorecard hides which."""
        at = max(range(len(by_section(record.draft))), key=lambda n: by_section(record.draft)[n].claims)
        section = record.draft.sections[at]
        weak = tuple(
            replace(s, verdict=replace(s.verdict, label=Label.PARTLY)) if s.verdict else s for s in section.sentences
        )
        sections = (*record.draft.sections[:at], replace(section, sentences=weak), *record.draft.sections[at + 1 :])
        partly, card = by_section(record.draft)[at].claims, record.scorecard
        card = replace(
            card, supported=card.supported - partly, partly=partly, faithfulness=1 - 0.5 * partly / card.claims,
            sections=(),
        )  # fmt: skip
        return replace(record, threshold=0.1, scorecard=card, draft=replace(record.draft, sections=sections))

    problems = check(changed(house, run_id, weaken)).problems
    assert any("said to have passed, but: In “" in p and "0.50, below 0.60" in p for p in problems), problems


def test_a_record_says_what_the_gate_asked_then_and_not_what_it_would_ask_now(published: tuple[House, str]):
    house, run_id = published
    then = recorded(house, run_id)
    house.studio.save_settings({"gate": 1.0, "section_gate": 0.99})
    assert recorded(house, run_id) == then


def test_a_record_from_before_the_sections_threshold_was_kept_holds(published: tuple[House, str]):
    house, run_id = published
    record, texts = gather(house.studio.store, run_id, house.studio.settings)
    old = json.loads(to_json(record))
    for name in ("threshold", "section_threshold"):
        del old["gate"][name]
    files = {RECORD: json.dumps(old).encode(), **{name: text.encode() for name, text in texts.items()}}
    checked = check(pack(files, run=run_id, title=record.draft.title, key=KEY, at=AT))
    assert checked.holds
    assert "The gate asked for a faithfulness of 0.80; what it asked of each section is not on record." in checked.notes


def test_what_a_person_let_stand_holds_with_its_reason_only(house: House):
    run = house.to_review("Do street trees cool a hot city?")
    sentence = claims(house.draft(run.id))[0]
    weak = Verdict(label=Label.PARTLY, score=0.4, reason="half of it", judge="alignment")
    house.studio.store.drafts.put_verdicts({sentence.id: weak})
    card = house.studio.scorecard(run.draft_id)
    house.studio.store.drafts.put_scores(
        run.draft_id, replace(card, supported=card.supported - 1, partly=1, faithfulness=1 - 0.5 / card.claims),
        house.studio.gate(run.draft_id),
    )  # fmt: skip
    unexplained = check(recorded(house, run.id))
    assert [c.sentence for c in unexplained.sentences if not c.holds] == [sentence.text]
    assert any("a draft" in note for note in unexplained.notes)

    house.decide(run.id, "publish", target="site", reason="The city's own gardener says so.")
    explained = check(recorded(house, run.id))
    assert explained.holds, (explained.problems, [c for c in explained.sentences if not c.holds])
    assert [c.let_stand for c in explained.sentences if c.let_stand] == ["The city's own gardener says so."]


def test_a_mailed_in_file_that_is_no_record_at_all(tmp_path: Path):
    body = pack({RECORD: b'{"run": 1}'}, run="r", title="t", key=KEY, at=AT)
    with pytest.raises(RecordError, match="does not hold what a record holds"):
        check(body)


# --- secrets and keys ---------------------------------------------------------------


def test_no_secret_and_no_address_leaves_with_a_record(published: tuple[House, str]):
    house, run_id = published
    store = house.studio.store
    secret = "very-secret-value"
    call = Call(key="k", run_id=run_id, role="writer", task="write", model="m", status="done")
    store.calls.begin(replace(call, status="sent"), json.dumps({"prompt": f"Bearer abcdefghijklmnop {secret}"}))
    store.calls.finish(call, '{"answer": "sk-proj-abcdefghijklmnopqrstuv"}')
    store.decisions.add(run_id, "steer", by="ada@secret.example", data={"note": f"use {secret}"}, handled=True)
    given = load({}, {}, data=house.data, openai_api_key=secret)
    body = export(store, run_id, given, at=AT)
    for told in (secret, "sk-proj", "abcdefghijklmnop", "secret.example", str(house.data)):
        assert told.encode() not in body, told
    assert b"[removed]" in body
    assert check(body).holds


def test_addresses_lose_their_passwords_and_tokens():
    told = "https://ada:pw@blog.example/x?page=2&access_token=abc.def#top and GHOST eyJhbGciOi.eyJpYXQiOj.c2lnbmF0dXJl"
    assert without_secrets([told]) == [
        "https://[removed]@blog.example/x?page=2&access_token=[removed]#top and GHOST [removed]"
    ]


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path):
    folder = tmp_path / "keys"
    assert own_fingerprint(folder) is None
    first = signing_key(folder)
    assert signing_key(folder).private_bytes_raw() == first.private_bytes_raw()
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [NAME]
    (folder / NAME).chmod(0o644)
    with pytest.raises(SettingsError, match="Others on this machine"):
        signing_key(folder)
    (folder / NAME).chmod(0o600)
    (folder / NAME).write_bytes(b"no key")
    with pytest.raises(SettingsError, match="cannot be used"):
        signing_key(folder)


def test_fingerprints_compare_as_people_write_them():
    one = fingerprint(bytes(32))
    assert same_fingerprint(one, one.replace("-", " ").upper())
    assert not same_fingerprint(one, one[:-1] + ("0" if one[-1] != "0" else "1"))
