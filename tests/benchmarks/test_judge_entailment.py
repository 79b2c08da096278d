"""An entailment model of one's own on labelled claims: what it adds to words is told family by family."""

import gzip
import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("onnx")
pytest.importorskip("sklearn")
from benchmarks import judge  # noqa: E402
from tests.judging.small_entailment import write  # noqa: E402

FAMILIES = ("ragtruth", "fever")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Claims that words cannot tell apart, and "unless" can, which is what the tiny model knows."""
    rows = [
        {
            "dataset": f"{family}-small", "claim": f"Pump {n} heats the old house well.", "label": label,
            "sources": [f"Engineers found that pump {n} will do for old buildings{'' if label else ' unless'} it is."],
        }
        for family in FAMILIES
        for label in (0, 1)
        for n in range(12)
    ]  # fmt: skip
    (tmp_path / "dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    gzip.open(tmp_path / "train_extra.jsonl.gz", "wt").close()
    return tmp_path


def test_a_models_gain_over_words_is_told_by_family(data: Path, monkeypatch, capsys):
    model = write(data / "tiny")
    monkeypatch.setattr(sys, "argv", ["judge", "entailment", str(data), "--model", str(model), "--most", "5"])
    judge.main()
    lines = {line.split(" | ")[0].strip("| "): line.split(" | ") for line in capsys.readouterr().out.splitlines()}
    assert set(lines) >= {*FAMILIES, "mean"}
    for family in FAMILIES:
        _, claims, alone, words, pooled, gain, took = lines[family]
        assert claims == "10"
        assert float(alone) == 1.0
        assert float(words) < float(pooled)
        assert gain.startswith("+")
        assert float(took.strip(" |")) >= 0
