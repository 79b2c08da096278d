"""An entailment model that the user has on disk: a second opinion on what words leave in doubt.

Any cross-encoder will do that reads a passage with a claim and gives classes: an NLI model, MiniCheck, HHEM. The folder
the settings name holds `model.onnx`, `tokenizer.json` and, unless the model has one output, `config.json` whose
`id2label` names the class that supports (entailment, supported, consistent, ...). A model that wants both in one text
has `prompt.txt` beside them, with {passage} and {claim}. What it says is pooled with the judge's own
probability: half the sum of both log odds (a logarithmic pool, Genest & Zidek, Statistical Science 1986). Such models
say 99 % too often, so their word is cut at that. No model is part of Galley.
"""

import functools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import SettingsError

_SUPPORTING = ("entail", "support", "consist", "ground", "faithful")
_LONGEST = 512
_LEAST_ROOM = 32
"""Tokens that must be left for the passage; a claim longer than that is not asked about."""
_SUREST = 0.99
_INPUTS = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}


@dataclass(frozen=True)
class Encoder:
    """An entailment model at hand; safe to use from several threads."""

    name: str
    session: Any
    tokenizer: Any
    supporting: int
    """Which class supports; -1 where one output is the log odds of it."""
    longest: int
    """Tokens it reads at once."""
    prompt: str = ""

    def support(self, claim: str, passages: Sequence[str]) -> float | None:
        """Its probability that one of the passages supports the claim; of a long passage the best window counts.

        Returns:
            A value in [0.01, 0.99]; None for a claim too long to be read beside a passage.
        """
        room = self.longest - len(self._encode("", claim).ids)
        if room < _LEAST_ROOM:
            return None
        windows = [window for passage in passages for window in self._windows(passage, room)]
        best = max((self._probability(self._encode(window, claim)) for window in windows), default=1 - _SUREST)
        return min(_SUREST, max(1 - _SUREST, best))

    def _windows(self, passage: str, room: int) -> Iterator[str]:
        """The passage in pieces of at most `room` tokens, each half over the one before."""
        places = self.tokenizer.encode(passage, add_special_tokens=False).offsets
        for first in range(0, max(1, len(places)), room // 2):
            piece = places[first : first + room]
            if piece:
                yield passage[piece[0][0] : piece[-1][1]]
            if first + room >= len(places):
                return

    def _encode(self, passage: str, claim: str) -> Any:
        if self.prompt:
            return self.tokenizer.encode(self.prompt.replace("{claim}", claim).replace("{passage}", passage))
        return self.tokenizer.encode(passage, claim)

    def _probability(self, encoded: Any) -> float:
        logits = self._logits(encoded)
        if self.supporting < 0:
            return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logits[0]))))
        powers = [math.exp(value - max(logits)) for value in logits]
        return powers[self.supporting] / sum(powers)

    def _logits(self, encoded: Any) -> list[float]:
        import numpy as np

        feed = {
            given.name: np.array([getattr(encoded, _INPUTS[given.name])], dtype=given.type[7:-1])  # "tensor(int64)"
            for given in self.session.get_inputs()
        }
        return [float(value) for value in self.session.run(None, feed)[0][0]]


def pooled(probability: float, second: float) -> float:
    """One probability from two.

    >>> round(pooled(0.8, 0.99), 2), round(pooled(0.94, 0.2), 2)
    (0.95, 0.66)
    """
    odds = [math.log(one / (1 - one)) for one in (min(max(p, 1e-6), 1 - 1e-6) for p in (probability, second))]
    return 1.0 / (1.0 + math.exp(-sum(odds) / 2))


# --- opening ---------------------------------------------------------------


@functools.lru_cache(maxsize=2)
def opened(folder: str) -> Encoder:
    """The model of a folder, ready; kept until another is asked for.

    Raises:
        SettingsError: a package or a file is missing, or the model does not do what is asked of it here.
    """
    path = Path(folder).expanduser()
    for name in ("model.onnx", "tokenizer.json"):
        if not (path / name).is_file():
            raise _wrong(path, f"there is no {name} in it", "Put it there, or empty the setting.")
    config = _json(path, "config.json") if (path / "config.json").is_file() else {}
    prompt = (path / "prompt.txt").read_text("utf-8") if (path / "prompt.txt").is_file() else ""
    if prompt and not ("{passage}" in prompt and "{claim}" in prompt):
        raise _wrong(path, "its prompt.txt lacks {passage} or {claim}", "Write both where they belong.")
    session = _session(path)
    strange = [given.name for given in session.get_inputs() if given.name not in _INPUTS]
    if strange:
        known = ", ".join(_INPUTS)
        raise _wrong(path, f"it asks for {', '.join(strange)}", f"Export it with no inputs but {known}.")
    longest = min(_LONGEST, int(config.get("max_position_embeddings") or _LONGEST))
    encoder = Encoder(path.name, session, _tokenizer(path), -1, longest, prompt)
    return _checked(path, encoder, config.get("id2label") or {})


def _session(path: Path) -> Any:
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError as error:
        raise SettingsError(
            "An entailment model is set, but the package onnxruntime is not installed.",
            remedy="Run `uv pip install onnxruntime==1.32.0`, or empty the setting.",
        ) from error
    try:
        return onnxruntime.InferenceSession(str(path / "model.onnx"), providers=["CPUExecutionProvider"])
    except (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.NotImplemented) as error:
        raise _wrong(path, f"its model.onnx cannot be loaded: {error}", "Export it anew.") from error


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    _json(path, "tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    except Exception as error:  # noqa: BLE001  the library raises nothing narrower
        raise _wrong(path, f"its tokenizer.json is none: {error}", "Take the model's own.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _checked(path: Path, encoder: Encoder, labels: dict[str, str]) -> Encoder:
    """The encoder with the class that supports, after one try."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    try:
        logits = encoder._logits(encoder._encode("It rains.", "It rains."))
    except (state.Fail, state.InvalidArgument, state.RuntimeException, TypeError) as error:
        raise _wrong(
            path, f"it does not give one row of numbers for a passage and a claim: {error}", _EXPORT
        ) from error
    if len(logits) == 1:
        return encoder
    supporting = [int(number) for number, name in labels.items() if name.lower().startswith(_SUPPORTING)]
    if len(supporting) != 1 or len(labels) != len(logits):
        raise _wrong(
            path, f"it gives {len(logits)} numbers, and its config.json does not name one of them as support",
            'Write into config.json, in the model\'s order: {"id2label": {"0": "contradiction", "1": "entailment"}}.',
        )  # fmt: skip
    return Encoder(encoder.name, encoder.session, encoder.tokenizer, supporting[0], encoder.longest, encoder.prompt)


_EXPORT = "Export a cross-encoder for sequence classification, with its logits first."


def _json(path: Path, name: str) -> Any:
    try:
        return json.loads((path / name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _wrong(path, f"its {name} cannot be read: {error}", "Take the model's own.") from error


def _wrong(path: Path, what: str, remedy: str) -> SettingsError:
    return SettingsError(f"The entailment model in {str(path)!r} cannot be used: {what}.", remedy=remedy)
