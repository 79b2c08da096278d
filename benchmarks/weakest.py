"""The weakest sentences of finished runs, to be judged by a person: is the judge right?

    python -m benchmarks.weakest DATA [RUN ...]

prints, for each run of the data folder that has an article, the three claims that the judge is least sure of, and up
to three of an earlier draft that it did not accept, with what it says of them and the words of the source around what
it rests on. The last column is for the person. Of claims with the same score those come first whose passage retrieval
held least likely to answer any of the run's questions.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.models import Draft, Label, Run, Sentence, SentenceKind, Span
from core.settings import load
from core.studio import Studio

MOST = 3
"""Sentences of each sort for an article."""
AROUND = 160
"""Characters of the source on either side of what the judge rests on."""
REFUSED = (Label.CONTRADICTED, Label.UNSUPPORTED)


@dataclass(frozen=True)
class Weak:
    """A judged claim and where it stood."""

    sentence: Sentence
    section: str
    likely: float
    """Retrieval's best score, for any question, of a passage that it cites; 0 where it has none."""
    kept: bool

    @property
    def score(self) -> float:
        """The judge's; a claim that nobody judged is the weakest of all."""
        return self.sentence.verdict.score if self.sentence.verdict else -1.0


def weakest(studio: Studio, run: Run) -> list[Weak]:
    """The claims to look at, weakest first: those of the article, then those that earlier drafts lost."""
    assert run.draft_id is not None, "it is asked of runs with an article"
    article = studio.draft(run.draft_id)
    kept = sorted(_claims(studio, article, kept=True), key=lambda weak: (weak.score, weak.likely))
    standing = {sentence.text for sentence in article.sentences}
    lost = {
        weak.sentence.text: weak
        for row in studio.drafts(run.id)
        if row.id != article.id
        for weak in _claims(studio, studio.draft(row.id), kept=False)
        if weak.sentence.text not in standing and weak.sentence.verdict and weak.sentence.verdict.label in REFUSED
    }
    return [*kept[:MOST], *sorted(lost.values(), key=lambda weak: weak.score)[:MOST]]


def _claims(studio: Studio, draft: Draft, *, kept: bool) -> Iterator[Weak]:
    likely: dict[int, float] = {}
    for item in (item for evidence in studio.evidence(draft.run_id) for item in evidence.used):
        likely[item.passage.id] = max(item.score, likely.get(item.passage.id, 0.0))
    for section in draft.sections:
        for sentence in section.sentences:
            if sentence.kind is SentenceKind.CLAIM:
                found = [likely.get(citation.passage_id, 0.0) for citation in sentence.citations]
                yield Weak(sentence, section.heading, max(found, default=0.0), kept)


def told(studio: Studio, run: Run) -> str:
    """One run as Markdown: a heading and a table with an empty last column."""
    rows = [
        "| score | judge | kept | sentence | source | a person says |",
        "|---|---|---|---|---|---|",
    ]
    for weak in weakest(studio, run):
        verdict = weak.sentence.verdict
        label = f"{verdict.label}{', doubtful' if verdict.doubtful else ''}" if verdict else "not judged"
        said = f"{label}: {verdict.reason}" if verdict and verdict.label is not Label.SUPPORTED else label
        score = f"{verdict.score:.3f}" if verdict else ""
        cells = (score, said, "yes" if weak.kept else "no", weak.sentence.text, _around(studio, weak.sentence), "")
        rows.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return f"## {run.title}\n\n`{run.id}`, {run.status}\n\n" + "\n".join(rows) + "\n"


def _around(studio: Studio, sentence: Sentence) -> str:
    """The source's words around the judge's quote, set in bold; of the first passage cited where there is none."""
    verdict = sentence.verdict
    ids = [verdict.passage_id] if verdict and verdict.passage_id else [c.passage_id for c in sentence.citations[:1]]
    passage = next((p for p in (studio.passage(id_) for id_ in ids if id_) if p), None)
    if passage is None:
        return "cites nothing"
    text = studio.snapshot(passage.snapshot_id).text
    quote = (
        verdict.quote if verdict and verdict.quote else Span(passage.start, min(passage.end, passage.start + AROUND))
    )
    first, last = max(0, quote.start - AROUND), min(len(text), quote.end + AROUND)
    marked = f"…{text[first : quote.start]}**{text[quote.start : quote.end].strip()}**{text[quote.end : last]}…"
    return f"{marked} ({passage.title}{', ' + passage.heading if passage.heading else ''})"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 when a run named has no article."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weakest", description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("runs", nargs="*", metavar="RUN")
    given = parser.parse_args(arguments)
    if not (given.data / "galley.db").is_file():
        parser.error(f"{given.data} is no data folder: it holds no galley.db")
    studio = Studio(load({}, {}, data=given.data))
    found = [studio.run(id_) for id_ in given.runs] if given.runs else _all(studio)
    missing = [id_ for id_, run in zip(given.runs, found, strict=False) if run is None or run.draft_id is None]
    for run in found:
        if run and run.draft_id is not None:
            print(told(studio, run))
    if missing:
        print(f"without an article: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


def _all(studio: Studio) -> list[Run]:
    """Every run, the oldest first."""
    rows: list[Run] = []
    page = 1
    while len(rows) < (found := studio.runs(page=page)).total and found.rows:
        rows += found.rows
        page += 1
    return rows[::-1]


if __name__ == "__main__":
    sys.exit(main())
