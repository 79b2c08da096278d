"""Retrieval measured on a public set and on our own, with baselines, ablation and abstaining.

    OMP_NUM_THREADS=1 python -m benchmarks.retrieval --public DATA --debian GALLEY_DATA > benchmarks/retrieval.md

DATA holds the public set (`questions.jsonl`, one `<corpus>.md` a corpus), GALLEY_DATA the library that
`benchmarks/questions/corpus.sh` makes. Either may be left out. The shelves are kept in `--cache`: the first run
takes some minutes more. While tuning, `--half tune` and `--only BM25` keep it short; figures are told of `report`.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.retrieval.abstain import Abstaining, abstaining
from benchmarks.retrieval.measure import BUDGETS, DEPTH, MEASURES, Result, difference, run
from benchmarks.retrieval.sets import Asked, Corpus, arguments, debian, public
from benchmarks.retrieval.shelves import open_shelf
from benchmarks.retrieval.systems import SYSTEMS, System, with_minilm
from core.errors import GalleyError

COMPARED = (f"recall@{BUDGETS[0]}", f"recall@{BUDGETS[1]}", f"iou@{BUDGETS[0]}", f"ndcg@{DEPTH}")
TITLES = {
    "public": "The public set",
    "single": "Debian's documentation: questions that one place answers",
    "multi": "Debian's documentation: questions over several documents",
}


OTHER_WORDS = 1 / 3
"""Share of a question's content words that stand in the answer, below which it is asked in other words."""


def main() -> None:
    given = _arguments()
    try:
        systems = SYSTEMS
        if given.minilm:
            from benchmarks.retrieval.minilm import MiniLM

            systems = with_minilm(MiniLM(given.minilm, given.cache), everywhere=given.minilm_everywhere)
        wanted = [s for s in systems if s.role == "ours" or not given.only or any(o in s.name for o in given.only)]
        corpora = public(given.public) if given.public else []
        if given.debian:
            corpora.append(debian(given.debian))
        for line in _report(corpora, wanted, given.half, given.cache, bool(given.only)):
            print(line, flush=True)
    except GalleyError as error:
        sys.exit(f"{error.message} {error.remedy}")


def _arguments() -> argparse.Namespace:
    parser = arguments(__doc__)
    parser.add_argument("--minilm", type=Path, metavar="TOKENIZER.json", help="add the sentence transformer's rows")
    parser.add_argument("--minilm-everywhere", action="store_true", help="on Debian's pages too: half an hour")
    parser.add_argument("--half", choices=("tune", "report"), help="of our own questions; both unless told")
    parser.add_argument("--only", action="append", metavar="NAME", help="systems whose name has this, and ours")
    return parser.parse_args()


def _report(
    corpora: Sequence[Corpus], systems: Sequence[System], half: str | None, cache: Path, short: bool
) -> Iterator[str]:
    yield "# Retrieval\n"
    yield "Made by `python -m benchmarks.retrieval --public DATA --debian GALLEY_DATA`; the words used here are"
    yield "explained in `benchmarks/retrieval/measure.py` and `abstain.py`. All figures but times are in %. Parameters"
    yield "are chosen, and the second look's weights fitted, on the public set and the `tune` half (`fit.py`): the"
    yield "`report` half is what nothing was tuned on."
    for name in (name for name in TITLES if any(name in corpus.asked for corpus in corpora)):
        having = [corpus for corpus in corpora if corpus.asked.get(name)]
        for part in _halves(having, name, half):
            asked = [[q for q in corpus.asked[name] if q.half == part] for corpus in having]
            if any(asked):
                own = [system for system in systems if name in system.sets]
                yield from _table(f"{TITLES[name]}{'' if name == 'public' else f', {part} half'}",
                                  having, asked, own, cache)  # fmt: skip
    if not short:
        yield from _abstaining(corpora, half, cache)
        yield from _lengths(corpora)


def _halves(corpora: Sequence[Corpus], name: str, half: str | None) -> list[str]:
    there = {question.half for corpus in corpora for question in corpus.asked[name]}
    return [part for part in ("report", "tune") if part in there and (half in (None, part) or name == "public")]


def _table(
    title: str, corpora: Sequence[Corpus], asked: Sequence[Sequence[Asked]], systems: Sequence[System], cache: Path
) -> Iterator[str]:
    pages = sum(len(corpus.pages) for corpus in corpora)
    yield f"\n## {title}\n\n{sum(map(len, asked))} questions over {pages} documents. A cell with three figures is at"
    yield f"{', '.join(map(str, BUDGETS))} words read.\n"
    yield f"| | recall | precision | IoU | nDCG@{DEPTH} | CPU ms a question |\n|---|---|---|---|---|---|"
    results: dict[str, Result] = {}
    for system in systems:
        results[system.name] = result = _over(system, corpora, asked, cache)
        cells = [100 * mean for mean in result.scores.mean(axis=0)]
        n = len(BUDGETS)
        triples = [" / ".join(f"{cell:.1f}" for cell in cells[at : at + n]) for at in (0, n, 2 * n)]
        yield f"| {system.name} | {' | '.join(triples)} | {cells[-1]:.1f} | {result.cpu_ms:.1f} |"
        print(f"{title}: {system.name}", file=sys.stderr)
    ours = next(results[system.name] for system in systems if system.role == "ours")
    yield from _by_words(results, [question for some in asked for question in some])
    yield "\nOurs less the others', with a 95 % interval and p (paired bootstrap over the questions):\n"
    yield f"| | {' | '.join(COMPARED)} |\n|---|{'---|' * len(COMPARED)}"
    for system in systems:
        if system.role != "ours":
            found = [difference(ours.scores, results[system.name].scores, measure) for measure in COMPARED]
            cells_ = [f"{100 * d.mean:+.1f} [{100 * d.low:+.1f}, {100 * d.high:+.1f}] p {d.p:.4f}" for d in found]
            yield f"| {system.name} | {' | '.join(cells_)} |"


def _by_words(results: Mapping[str, Result], asked: Sequence[Asked]) -> Iterator[str]:
    """Recall for questions in other words than the answer's, and for the rest."""
    other = np.array([question.shared < OTHER_WORDS for question in asked])
    if other.all() or not other.any():
        return
    at = MEASURES.index(f"recall@{BUDGETS[1]}")
    yield f"\nRecall at {BUDGETS[1]} words by how much of the question stands in the answer (content words, stemmed):\n"
    yield f"| | less than a third ({other.sum()} questions) | more ({(~other).sum()}) |\n|---|---|---|"
    for name, result in results.items():
        column = 100 * result.scores[:, at]
        yield f"| {name} | {column[other].mean():.1f} | {column[~other].mean():.1f} |"


def _over(system: System, corpora: Sequence[Corpus], asked: Sequence[Sequence[Asked]], cache: Path) -> Result:
    """One system over all corpora, their questions together."""
    results = [
        run(system, open_shelf(system.shelf, corpus, cache), questions, corpus.pages)
        for corpus, questions in zip(corpora, asked, strict=True)
    ]
    count = sum(map(len, asked))
    spent = sum(result.cpu_ms * len(questions) for result, questions in zip(results, asked, strict=True))
    return Result(scores=np.concatenate([result.scores for result in results]), cpu_ms=spent / count)


def _abstaining(corpora: Sequence[Corpus], half: str | None, cache: Path) -> Iterator[str]:
    yield '\n## "Not enough"\n\nSaid of questions whose answer is in the index, of the same with every passage of the'
    yield "answer taken out, and of near misses; precision and recall over all of them.\n"
    yield "| | precision | recall | said of answered | of answer removed | of near misses |\n|---|---|---|---|---|---|"
    groups: dict[str, list[tuple[Corpus, list[Asked], list[Asked]]]] = {}
    for corpus in corpora:
        if "public" in corpus.asked:
            groups.setdefault("public", []).append((corpus, list(corpus.asked["public"]), []))
            continue
        for part in _halves([corpus], "single", half):
            asked = [q for q in corpus.asked["single"] if q.half == part]
            near = [q for q in corpus.asked["near"] if q.half == part]
            groups.setdefault(f"Debian, {part} half", []).append((corpus, asked, near))
    for name, group in groups.items():
        said = [abstaining(open_shelf("galley", corpus, cache), asked, near, corpus.pages)
                for corpus, asked, near in group]  # fmt: skip
        together = Abstaining(
            answered=[each for one in said for each in one.answered],
            removed=[each for one in said for each in one.removed],
            near=[each for one in said for each in one.near],
        )
        cells = ("–" if rate != rate else f"{100 * rate:.1f}" for rate in together.rates())
        yield f"| {name} | {' | '.join(cells)} |"


def _lengths(corpora: Sequence[Corpus]) -> Iterator[str]:
    """What `core.retrieval.tokens` rests on: bytes of English a token of a vocabulary of 32,000 takes."""
    from core.retrieval.embed import _load

    tokenizer, _ = _load()
    yield "\n## Bytes a token (Llama 2's tokenizer)\n\n| corpus | bytes a token |\n|---|---|"
    for corpus in corpora:
        text = "\n".join(page.text for page in list(corpus.pages.values())[:: max(1, len(corpus.pages) // 200)])
        count = len(tokenizer.encode(text, add_special_tokens=False).ids)
        yield f"| {corpus.name} | {len(text.encode()) / count:.2f} |"


if __name__ == "__main__":
    main()
