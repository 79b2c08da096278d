"""What a person would say of 385 sentences beside their passages, most of them traps, by family.

The pairs were written from what is true. Those that the deterministic judge gets wrong say why in `wrong` and are
expected to fail; one that is mended has to lose its mark.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.judging.alignment import align
from core.models import Label
from core.settings import ROOT, child_environment

PAIRS = [
    (f"{path.stem}-{number}", json.loads(line))
    for path in sorted((Path(__file__).parent / "pairs").glob("*.jsonl"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
]
SAYS = {
    "supported": {Label.SUPPORTED},
    "not supported": {Label.PARTLY, Label.UNSUPPORTED},
    "contradicted": {Label.CONTRADICTED},
}


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(
            pair, id=name, marks=[pytest.mark.xfail(strict=True, reason=pair["wrong"])] if "wrong" in pair else []
        )
        for name, pair in PAIRS
    ],
)
def test_the_judge_says_what_a_person_would(pair: dict[str, str], passage):
    verdict = align(pair["sentence"], [passage(pair["passage"])])
    assert verdict.label in SAYS[pair["expected"]], (pair, verdict.reason)


def test_a_verdict_is_the_same_in_every_process():
    code = (
        "from tests.judging.test_pairs import PAIRS; from core.judging.alignment import align; "
        "from core.models import Passage\n"
        "for _, p in PAIRS:\n"
        " t = p['passage']; s = Passage(id=1, source_id=1, snapshot_id=1, start=0, end=len(t), text=t)\n"
        " v = align(p['sentence'], [s]); print(v.label, v.score, v.reason)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT,
            env=child_environment({"PYTHONHASHSEED": seed}),
        ).stdout
        for seed in ("1", "4", "9")
    }  # fmt: skip
    assert len(said) == 1, "the order of a set got into a verdict"


def test_there_are_enough_pairs_and_half_of_them_traps():
    assert len({(pair["passage"], pair["sentence"]) for _, pair in PAIRS}) == len(PAIRS) >= 300
    assert sum(bool(pair["trap"]) for _, pair in PAIRS) >= len(PAIRS) / 2
    assert set(Counter(pair["expected"] for _, pair in PAIRS)) == set(SAYS)
