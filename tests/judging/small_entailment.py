"""A real entailment model, of one rule: a passage with the word "unless" in it supports nothing."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "unless", "true", ":")
UNLESS = WORDS.index("unless")


def write(
    folder: Path,
    *,
    labels: Sequence[str] = ("contradiction", "entailment"),
    outputs: int = 2,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    longest: int = 64,
) -> Path:
    """A folder with `model.onnx`, `tokenizer.json` and `config.json`; logits `6 * unless - 3` and its negative."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(_model(outputs, inputs), str(folder / "model.onnx"))
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"max_position_embeddings": longest, "id2label": {str(n): label for n, label in enumerate(labels)}}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _model(outputs: int, inputs: Sequence[str]) -> onnx.ModelProto:
    def constant(name: str, value: np.ndarray) -> onnx.TensorProto:
        return numpy_helper.from_array(value, name)

    against = [6.0, -6.0] if outputs == 2 else [-6.0]
    nodes = [
        helper.make_node("Equal", [inputs[0], "unless"], ["is_unless"]),
        helper.make_node("Cast", ["is_unless"], ["counted"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["counted"], ["said"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["said", "against"], ["weighed"]),
        helper.make_node("Add", ["weighed", "bias"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes, "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", outputs])],
        [
            constant("unless", np.array([UNLESS], dtype=np.int64)),
            constant("against", np.array([against], dtype=np.float32)),
            constant("bias", np.array([[-value / 2 for value in against]], dtype=np.float32)),
        ],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
