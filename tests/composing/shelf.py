"""A small library to compose from: documents in memory, cut into passages, ranked by BM25.

Only as good as the tests need; the product's own reading and retrieval stand elsewhere.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import trafilatura

from core.language.composing.terms import content
from core.models import Evidence, EvidenceItem, Passage

PASSAGE_WORDS = 160


@dataclass(frozen=True)
class Doc:
    title: str
    text: str
    published: str = ""


def read(path: Path) -> Doc:
    raw = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in {".html", ".htm"}:
        text = trafilatura.extract(raw, output_format="markdown", include_tables=True, include_links=False) or ""
        found = re.search(r"<title>(.*?)</title>", raw, re.DOTALL)
        return Doc(" ".join(found[1].split()) if found else path.stem, text)
    meta: dict[str, str] = {}
    if raw.startswith("---\n"):
        head, _, raw = raw[4:].partition("\n---\n")
        meta = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    return Doc(meta.get("title", path.stem).strip('"'), raw, meta.get("date", ""))


def folder(path: Path, suffixes: tuple[str, ...] = (".md", ".txt", ".html")) -> list[Doc]:
    return [read(file) for file in sorted(path.rglob("*")) if file.suffix in suffixes]


class Shelf:
    """Passages of documents, ranked."""

    def __init__(self, docs: list[Doc]) -> None:
        self.docs = docs
        self.passages = [p for number, doc in enumerate(docs, 1) for p in _passages(number, doc)]
        self.passages = [_numbered(p, i) for i, p in enumerate(self.passages, 1)]
        self.bags = [Counter(content(f"{p.title} {p.heading} {p.text}")) for p in self.passages]
        self.frequency = Counter(term for bag in self.bags for term in bag)
        self.mean = sum(bag.total() for bag in self.bags) / (len(self.bags) or 1)

    def evidence(self, *queries: str, most: int = 10, question_id: int = 0) -> Evidence:
        scores: Counter[int] = Counter()
        for query in queries:
            for index, score in self._rank(query):
                scores[index] = max(scores[index], score)
        best = scores.most_common(most)
        items = tuple(
            EvidenceItem(number=self.passages[i].id, passage=self.passages[i], score=score)
            for i, score in best
            if score > 0
        )
        return Evidence(question_id=question_id, items=items)

    def samples(self, topic: str, most: int = 10) -> tuple[tuple[str, str], ...]:
        seen: dict[int, float] = {}
        for item in self.evidence(topic, most=60).items:
            seen.setdefault(item.passage.source_id, item.score)
        return tuple((self.docs[n - 1].title, self.docs[n - 1].text) for n in list(seen)[:most])

    def _rank(self, query: str) -> list[tuple[int, float]]:
        terms = set(content(query))
        rows = []
        for index, bag in enumerate(self.bags):
            length = 0.25 + 0.75 * bag.total() / self.mean
            score = sum(self._idf(t) * bag[t] * 2.2 / (bag[t] + 1.2 * length) for t in terms if t in bag)
            rows.append((index, score / (sum(self._idf(t) * 2.2 for t in terms) or 1)))
        return rows

    def _idf(self, term: str) -> float:
        n = self.frequency[term]
        return math.log(1 + (len(self.bags) - n + 0.5) / (n + 0.5))


def _numbered(p: Passage, i: int) -> Passage:
    return Passage(**{**{f: getattr(p, f) for f in p.__dataclass_fields__}, "id": i})


def _passages(number: int, doc: Doc) -> list[Passage]:
    found: list[Passage] = []
    path: list[str] = []
    start = 0
    blocks: list[str] = []

    def flush() -> None:
        nonlocal start
        text = "\n\n".join(blocks)
        if text.strip():
            begin = doc.text.find(blocks[0], start)
            found.append(
                Passage(
                    id=0,
                    source_id=number,
                    snapshot_id=number,
                    start=begin,
                    end=begin + len(text),
                    text=text,
                    heading=" > ".join(path[1:]),
                    title=doc.title,
                    published=doc.published or None,
                )
            )
            start = max(begin, 0)
        blocks.clear()

    for block in re.split(r"\n\s*\n", doc.text):
        heading = re.match(r"(#{1,6})\s+(.*)", block.strip())
        if heading:
            flush()
            path[len(heading[1]) - 1 :] = [heading[2]]
            rest = block.strip().partition("\n")[2]
            if rest.strip():
                blocks.append(rest)
            continue
        if sum(len(b.split()) for b in blocks) + len(block.split()) > PASSAGE_WORDS:
            flush()
        if block.strip():
            blocks.append(block)
    flush()
    return found
