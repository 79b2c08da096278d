"""An entailment model on disk: what it changes, what it may not change, and what is said when it cannot be used."""

from pathlib import Path

import pytest

from core.errors import SettingsError
from core.judging.alignment import align
from core.judging.encoder import Encoder, opened, pooled
from core.models import Label

pytest.importorskip("onnx")
from tests.judging.small_entailment import write  # noqa: E402

TRIAL = "The field trial in Aldermoor found that pumps work well in homes of stone, the report by its engineers says."
CLAIM = "Masonry houses, too, can be heated well by pumps."


@pytest.fixture
def encoder(tmp_path: Path) -> Encoder:
    return opened(str(write(tmp_path / "tiny")))


def test_it_settles_what_words_leave_in_doubt_and_says_so(encoder: Encoder, passage):
    alone = align(CLAIM, [passage(TRIAL)])
    with_it = align(CLAIM, [passage(TRIAL)], encoder=encoder)
    against = align(CLAIM, [passage(TRIAL.replace("the report", "unless the report"))], encoder=encoder)
    assert alone.label is not Label.SUPPORTED
    assert (with_it.label, with_it.judge) == (Label.SUPPORTED, "encoder tiny")
    assert "The entailment model tiny gives it 99%" in with_it.reason
    assert against.score < alone.score
    assert against.label is not Label.SUPPORTED


def test_it_has_no_word_where_a_rule_or_the_same_words_decide(encoder: Encoder, passage):
    source = passage("The grant pays £7,000 for a pump. It closes in March 2028.")
    for claim in ("The grant pays £3,200 for a pump.", "It closes in March 2028.", "The grant pays £91 for paint."):
        assert align(claim, [source], encoder=encoder) == align(claim, [source])


def test_the_best_window_of_a_long_passage_counts(encoder: Encoder):
    long = " ".join(["unless"] * 200 + ["word"] * 200)
    assert encoder.support("It is so.", [long]) == pytest.approx(0.99)
    assert encoder.support("It is so.", ["unless " * 300]) == pytest.approx(0.01)
    assert encoder.support("It is so.", ["unless", "fine"]) == pytest.approx(0.99)


def test_a_claim_longer_than_the_model_reads_is_not_asked_about(encoder: Encoder):
    assert encoder.support("word " * 60, ["A passage."]) is None


def test_one_output_and_a_prompt_of_its_own_are_understood(tmp_path: Path):
    folder = write(tmp_path / "hhem", outputs=1, inputs=("input_ids",), labels=())
    (folder / "prompt.txt").write_text("Is it true: {claim} Passage: {passage}")
    one = opened(str(folder))
    assert one.prompt
    assert one.support("It rains.", ["Rain fell."]) == pytest.approx(0.953, abs=0.01)
    assert one.support("It rains.", ["unless"]) == pytest.approx(0.047, abs=0.01)


def test_two_equal_opinions_are_that_opinion():
    assert pooled(0.8, 0.8) == pytest.approx(0.8)
    assert pooled(0.5, 0.99) < 0.99


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_folder_without_its_files_is_an_error_with_a_remedy(tmp_path: Path, missing: str):
    folder = write(tmp_path / missing.partition(".")[0])
    (folder / missing).unlink()
    with pytest.raises(SettingsError, match=f"there is no {missing}") as caught:
        opened(str(folder))
    assert caught.value.remedy


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path):
    with pytest.raises(SettingsError, match="there is no model.onnx"):
        opened(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels": ("LABEL_0", "LABEL_1")}, "does not name one of them as support"),
        ({"labels": ("contradiction", "neutral", "entailment")}, "gives 2 numbers"),
        ({"inputs": ("pixel_values",)}, "asks for pixel_values"),
    ],
)
def test_a_model_of_another_shape_is_refused_with_a_remedy(tmp_path: Path, change: dict, said: str):
    with pytest.raises(SettingsError, match=said) as caught:
        opened(str(write(tmp_path / "other", **change)))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "said"),
    [("model.onnx", "cannot be loaded"), ("tokenizer.json", "cannot be read"), ("config.json", "cannot be read")],
)
def test_broken_files_are_told_apart(tmp_path: Path, name: str, said: str):
    folder = write(tmp_path / name.replace(".", "_"))
    (folder / name).write_bytes(b"\xff not what it should be")
    with pytest.raises(SettingsError, match=f"its {name} {said}"):
        opened(str(folder))


def test_a_prompt_without_the_claim_is_refused(tmp_path: Path):
    folder = write(tmp_path / "prompted")
    (folder / "prompt.txt").write_text("Passage: {passage}")
    with pytest.raises(SettingsError, match="lacks"):
        opened(str(folder))
