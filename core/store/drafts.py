"""Drafts: every version of an article, its sentences, citations, verdicts and scores.

A sentence that stands unchanged in the next version takes its verdict along; a touched
one arrives without, and counts as not judged until a judge has seen it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from core.models import (
    Citation,
    Diagnosis,
    Draft,
    DraftSection,
    DraftSummary,
    Gate,
    Label,
    Note,
    Scorecard,
    SectionScore,
    Sentence,
    SentenceKind,
    Span,
    Verdict,
)
from core.store.database import Database, now

_NEWEST = "SELECT id, draft_id FROM runs WHERE deleted_at IS NULL ORDER BY created_at DESC LIMIT ?"


class Drafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, draft: Draft) -> Draft:
        """Keep a draft as the run's next version; returns it with ids."""
        with self._database.write() as c:
            version = c.execute(
                "SELECT coalesce(max(version), 0) + 1 FROM drafts WHERE run_id = ?", (draft.run_id,)
            ).fetchone()[0]
            draft_id = c.execute(
                "INSERT INTO drafts (run_id, version, origin, base_id, note, title, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (draft.run_id, version, draft.origin, draft.base_id, draft.note, draft.title, now()),
            ).lastrowid
            for place, section in enumerate(draft.sections):
                c.execute(
                    "INSERT INTO draft_sections VALUES (?, ?, ?, ?)",
                    (draft_id, place, section.heading, section.question_id),
                )
                for position, sentence in enumerate(section.sentences):
                    self._add_sentence(c, int(draft_id or 0), place, position, sentence)
        return self.get(int(draft_id or 0))

    def _add_sentence(self, c: Any, draft_id: int, section: int, position: int, sentence: Sentence) -> None:
        sentence_id = c.execute(
            "INSERT INTO sentences (draft_id, section, position, paragraph, kind, text_hash)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                draft_id, section, position, sentence.paragraph, sentence.kind,
                self._database.put_text(c, sentence.text),
            ),
        ).lastrowid  # fmt: skip
        c.executemany(
            "INSERT INTO citations VALUES (?, ?, ?, ?)",
            ((sentence_id, i, cited.number, cited.passage_id) for i, cited in enumerate(sentence.citations)),
        )
        if sentence.verdict:
            self._put_verdict(c, sentence_id, sentence.verdict)

    def put_section(self, draft_id: int, position: int, sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
        """Write one section of a draft in progress, in place of what it held; returns it with ids."""
        with self._database.write() as c:
            old = "SELECT id FROM sentences WHERE draft_id = ? AND section = ?"
            for table in ("citations", "verdicts"):
                c.execute(f"DELETE FROM {table} WHERE sentence_id IN ({old})", (draft_id, position))
            c.execute("DELETE FROM sentences WHERE draft_id = ? AND section = ?", (draft_id, position))
            for place, sentence in enumerate(sentences):
                self._add_sentence(c, draft_id, position, place, sentence)
        return self.get(draft_id).sections[position].sentences

    def drop_empty_sections(self, draft_id: int) -> None:
        """Remove the sections of a draft in progress that stayed empty, save the introduction; the rest move up."""
        with self._database.write() as c:
            rows = c.execute(
                "SELECT d.position, count(s.id) AS sentences FROM draft_sections d LEFT JOIN sentences s"
                " ON s.draft_id = d.draft_id AND s.section = d.position WHERE d.draft_id = ?"
                " GROUP BY d.position ORDER BY d.position",
                (draft_id,),
            ).fetchall()
            kept = [row["position"] for row in rows if row["sentences"] or row["position"] == 0]
            c.executemany(
                "DELETE FROM draft_sections WHERE draft_id = ? AND position = ?",
                ((draft_id, row["position"]) for row in rows if row["position"] not in kept),
            )
            for new, old in enumerate(kept):
                for table, column in (("draft_sections", "position"), ("sentences", "section")):
                    c.execute(
                        f"UPDATE {table} SET {column} = ? WHERE draft_id = ? AND {column} = ?", (new, draft_id, old)
                    )

    def get(self, draft_id: int) -> Draft:
        with self._database.read() as c:
            head = c.execute("SELECT * FROM drafts WHERE id = ?", (draft_id,)).fetchone()
            sections = c.execute(
                "SELECT * FROM draft_sections WHERE draft_id = ? ORDER BY position", (draft_id,)
            ).fetchall()
            rows = c.execute(
                "SELECT s.*, t.text, v.label, v.score, v.reason, v.judge, v.passage_id AS judged_passage,"
                " v.quote_start, v.quote_end, v.doubtful FROM sentences s JOIN texts t ON t.hash = s.text_hash"
                " LEFT JOIN verdicts v ON v.sentence_id = s.id WHERE s.draft_id = ? ORDER BY s.section, s.position",
                (draft_id,),
            ).fetchall()
            cited = c.execute(
                "SELECT c.* FROM citations c JOIN sentences s ON s.id = c.sentence_id WHERE s.draft_id = ?"
                " ORDER BY c.sentence_id, c.position",
                (draft_id,),
            ).fetchall()
        citations: dict[int, list[Citation]] = {}
        for row in cited:
            citations.setdefault(row["sentence_id"], []).append(
                Citation(number=row["number"], passage_id=row["passage_id"])
            )
        sentences: dict[int, list[Sentence]] = {}
        for row in rows:
            sentences.setdefault(row["section"], []).append(
                Sentence(
                    id=row["id"], text=row["text"], kind=SentenceKind(row["kind"]), paragraph=row["paragraph"],
                    citations=tuple(citations.get(row["id"], ())), verdict=_verdict(row),
                )
            )  # fmt: skip
        return Draft(
            id=head["id"], run_id=head["run_id"], version=head["version"], origin=head["origin"],
            base_id=head["base_id"], note=head["note"], title=head["title"], created_at=head["created_at"],
            sections=tuple(
                DraftSection(
                    heading=s["heading"], question_id=s["question_id"],
                    sentences=tuple(sentences.get(s["position"], ())),
                )
                for s in sections
            ),
        )  # fmt: skip

    def of_run(self, run_id: str) -> list[DraftSummary]:
        """Newest first."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT d.*, count(s.id) AS sentences,"
                " coalesce(sum(length(t.text) - length(replace(t.text, ' ', '')) + 1), 0) AS words"
                " FROM drafts d LEFT JOIN sentences s ON s.draft_id = d.id LEFT JOIN texts t ON t.hash = s.text_hash"
                " WHERE d.run_id = ? GROUP BY d.id ORDER BY d.version DESC",
                (run_id,),
            ).fetchall()
        return [
            DraftSummary(
                id=r["id"], version=r["version"], origin=r["origin"], note=r["note"],
                created_at=r["created_at"], base_id=r["base_id"], sentences=r["sentences"], words=r["words"],
                scorecard=_scorecard(r["scorecard"]), passed=None if r["passed"] is None else bool(r["passed"]),
            )
            for r in rows
        ]  # fmt: skip

    # --- judging ---

    def put_verdicts(self, verdicts: Mapping[int, Verdict]) -> None:
        """Sentence id -> verdict; a newer verdict replaces an older one."""
        with self._database.write() as c:
            for sentence_id, verdict in verdicts.items():
                self._put_verdict(c, sentence_id, verdict)

    def _put_verdict(self, c: Any, sentence_id: int, v: Verdict) -> None:
        quote = (v.quote.start, v.quote.end) if v.quote else (None, None)
        c.execute(
            "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (sentence_id, v.label, v.score, v.reason, v.judge, v.passage_id, *quote, v.doubtful, now()),
        )

    def put_scores(self, draft_id: int, scorecard: Scorecard, gate: Gate) -> None:
        with self._database.write() as c:
            c.execute(
                "UPDATE drafts SET scorecard = ?, passed = ?, reasons = ? WHERE id = ?",
                (json.dumps(asdict(scorecard)), gate.passed, json.dumps(asdict(gate)), draft_id),
            )

    def scores(self, draft_id: int) -> tuple[Scorecard, Gate] | None:
        with self._database.read() as c:
            row = c.execute("SELECT scorecard, passed, reasons FROM drafts WHERE id = ?", (draft_id,)).fetchone()
        card = _scorecard(row["scorecard"]) if row else None
        return (card, _gate(row)) if card else None

    def faithfulness(self, draft_ids: Sequence[int]) -> dict[int, tuple[float, int]]:
        """Draft -> `(faithfulness, claims)` of those that are scored; a tenth of the time that whole cards take."""
        wanted = json.dumps(list(draft_ids))
        with self._database.read() as c:
            rows = c.execute(
                "SELECT id, json_extract(scorecard, '$.faithfulness') AS share,"
                " coalesce(json_extract(scorecard, '$.claims'), 0) AS claims"
                " FROM drafts WHERE id IN (SELECT value FROM json_each(?)) AND scorecard IS NOT NULL",
                (wanted,),
            ).fetchall()
        return {row["id"]: (row["share"], row["claims"]) for row in rows}

    def scored(self, limit: int) -> list[dict[str, Any]]:
        """`run_id`, `title`, `at` and every score of each run's present draft, newest first."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT r.id, r.title, d.created_at, d.scorecard FROM runs r JOIN drafts d ON d.id = r.draft_id"
                " WHERE d.scorecard IS NOT NULL AND r.deleted_at IS NULL ORDER BY r.created_at DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            {"run_id": r["id"], "title": r["title"], "at": r["created_at"], **json.loads(r["scorecard"])} for r in rows
        ]

    def decided_by(self, limit: int) -> dict[str, tuple[int, int]]:
        """Judge -> `(claims, doubtful ones among them)` in the present drafts of the newest runs, most claims first."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT v.judge, count(*) AS claims, sum(v.doubtful) AS doubtful FROM verdicts v"
                " JOIN sentences s ON s.id = v.sentence_id AND s.kind = 'claim'"
                f" WHERE s.draft_id IN (SELECT draft_id FROM ({_NEWEST})) GROUP BY v.judge ORDER BY claims DESC",
                (limit,),
            ).fetchall()
        return {row["judge"]: (row["claims"], row["doubtful"]) for row in rows}

    def canaries(self, limit: int) -> tuple[int, int]:
        """`(shown, caught)`: false claims put before a model judge in the newest runs."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT count(*) AS shown, sum(canary = 'caught') AS caught FROM"
                " (SELECT json_extract(data, '$.canary') AS canary FROM events INDEXED BY events_judged"
                f" WHERE kind = 'judged' AND run_id IN (SELECT id FROM ({_NEWEST})))"
                " WHERE canary IN ('caught', 'missed')",
                (limit,),
            ).fetchone()
        return row["shown"], row["caught"] or 0

    def put_diagnoses(self, draft_id: int, diagnoses: Iterable[Diagnosis]) -> None:
        with self._database.write() as c:
            c.executemany(
                "INSERT OR REPLACE INTO diagnoses VALUES (?, ?, ?, ?, ?, ?)",
                ((draft_id, d.sentence_id, d.cause, d.failure, d.reason, json.dumps(d.passages)) for d in diagnoses),
            )

    def diagnoses(self, draft_id: int) -> list[Diagnosis]:
        with self._database.read() as c:
            rows = c.execute("SELECT * FROM diagnoses WHERE draft_id = ? ORDER BY sentence_id", (draft_id,))
            return [
                Diagnosis(
                    sentence_id=r["sentence_id"],
                    cause=r["cause"],
                    failure=r["failure"],
                    reason=r["reason"],
                    passages=tuple(json.loads(r["passages"])),
                )
                for r in rows
            ]

    # --- the editor's notes ---

    def put_notes(self, draft_id: int, notes: Iterable[Note]) -> None:
        """Keep the editor's notes on a draft in place of those it had."""
        with self._database.write() as c:
            c.execute("DELETE FROM notes WHERE draft_id = ?", (draft_id,))
            c.executemany(
                "INSERT INTO notes (draft_id, sentence_id, kind, text, why, state) VALUES (?, ?, ?, ?, ?, ?)",
                ((draft_id, n.sentence_id, n.kind, n.text, n.why, n.state) for n in notes),
            )

    def notes(self, draft_id: int) -> list[Note]:
        with self._database.read() as c:
            rows = c.execute("SELECT * FROM notes WHERE draft_id = ? ORDER BY id", (draft_id,)).fetchall()
        return [Note(**{name: r[name] for name in Note.__dataclass_fields__}) for r in rows]

    def set_note(self, note_id: int, state: str) -> None:
        with self._database.write() as c:
            c.execute("UPDATE notes SET state = ? WHERE id = ?", (state, note_id))


def carry_verdicts(draft: Draft, base: Draft) -> Draft:
    """The draft with the base's verdicts on every sentence that has the same text and citations."""
    known = {(s.text, s.citations): s.verdict for s in base.sentences if s.verdict}
    return replace(
        draft,
        sections=tuple(
            replace(
                section,
                sentences=tuple(replace(s, verdict=known.get((s.text, s.citations))) for s in section.sentences),
            )
            for section in draft.sections
        ),
    )


def _verdict(row: Any) -> Verdict | None:
    if row["label"] is None:
        return None
    quote = Span(start=row["quote_start"], end=row["quote_end"]) if row["quote_start"] is not None else None
    return Verdict(
        label=Label(row["label"]), score=row["score"], reason=row["reason"], judge=row["judge"],
        passage_id=row["judged_passage"], quote=quote, doubtful=bool(row["doubtful"]),
    )  # fmt: skip


def _scorecard(stored: str | None) -> Scorecard | None:
    """A stored scorecard; one from before a score existed is without it."""
    if not stored:
        return None
    values = json.loads(stored)
    values["flags"] = tuple(values.get("flags", ()))
    values["sections"] = tuple(SectionScore(**section) for section in values.get("sections", ()))
    return Scorecard(**values)


def _gate(row: Any) -> Gate:
    """The gate's stored answer; at first only its reasons were kept, as a list."""
    said = json.loads(row["reasons"])
    said = said if isinstance(said, dict) else {"reasons": said}
    told = {name: tuple(said.get(name, ())) for name in ("reasons", "remarks")}
    return Gate(**{**said, **told, "passed": bool(row["passed"])})
