"""Sources and their snapshots, and what became of each hit in each run.

A snapshot is never changed: a page fetched again with another text gets a new one, with
the same text it keeps the old. Text is stored once, by hash.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

from core.models import Document, Flag, Page, RunSource, Snapshot, Source
from core.store.database import Database, text_hash

_SELECT = (
    "SELECT s.*, n.text_hash, n.fetched_at, n.words, n.flags, n.language FROM sources s"
    " JOIN snapshots n ON n.id = s.snapshot_id"
)


class Sources:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, document: Document, *, collection: str | None = None, fingerprint: bytes | None = None
    ) -> tuple[Source, bool]:
        """Keep a document; returns its source, and whether its text is new to us."""
        with self._database.write() as c:
            hashed = text_hash(document.text)
            c.execute(
                "INSERT INTO sources (url, title, author, site, published, media_type, collection, fingerprint)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET title = excluded.title,"
                " author = excluded.author, site = excluded.site, published = excluded.published,"
                " fingerprint = excluded.fingerprint, collection = coalesce(excluded.collection, collection)",
                (
                    document.url, document.title, document.author, document.site, document.published,
                    document.media_type, collection, fingerprint,
                ),
            )  # fmt: skip
            source_id = c.execute("SELECT id FROM sources WHERE url = ?", (document.url,)).fetchone()["id"]
            held = c.execute(
                "SELECT id FROM snapshots WHERE source_id = ? AND text_hash = ?", (source_id, hashed)
            ).fetchone()
            if held:
                snapshot_id = held["id"]
            else:
                self._database.put_text(c, document.text)
                snapshot_id = c.execute(
                    "INSERT INTO snapshots (source_id, text_hash, fetched_at, etag, last_modified, language,"
                    " words, pages, flags, listing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        source_id, hashed, document.fetched_at, document.etag, document.last_modified,
                        document.language, len(document.text.split()),
                        json.dumps([asdict(page) for page in document.pages]),
                        json.dumps([asdict(flag) for flag in document.flags]), document.listing,
                    ),
                ).lastrowid  # fmt: skip
            c.execute("UPDATE sources SET snapshot_id = ? WHERE id = ?", (snapshot_id, source_id))
        return self.get(source_id), not held

    def get(self, source_id: int) -> Source:
        return self.many([source_id])[source_id]

    def by_url(self, url: str) -> Source | None:
        rows = self._where("s.url = ?", url)
        return rows[0] if rows else None

    def many(self, ids: Iterable[int]) -> dict[int, Source]:
        wanted = list(set(ids))
        rows = self._where(f"s.id IN ({','.join('?' * len(wanted))})", *wanted, limit=len(wanted))
        return {source.id: source for source in rows}

    def fingerprints(self, snapshots: Collection[int]) -> list[tuple[int, bytes]]:
        """`(source id, fingerprint)` of these snapshots' sources, oldest source first."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT id, fingerprint FROM sources WHERE fingerprint IS NOT NULL AND snapshot_id IN"
                f" ({','.join('?' * len(snapshots))}) ORDER BY id",
                tuple(snapshots),
            )
            return [(row["id"], row["fingerprint"]) for row in rows]

    def change(self, source_id: int, *, excluded: bool | None = None, duplicate_of: int | None = None) -> None:
        with self._database.write() as c:
            if excluded is not None:
                c.execute("UPDATE sources SET excluded = ? WHERE id = ?", (excluded, source_id))
            if duplicate_of is not None:
                c.execute("UPDATE sources SET duplicate_of = ? WHERE id = ?", (duplicate_of, source_id))

    def library(self, *, search: str = "", page: int = 1, size: int = 50) -> tuple[list[Source], int]:
        """One page of everything held, library first, then by title; and how many in all."""
        condition, values = "s.snapshot_id IS NOT NULL", []
        if search:
            condition += " AND (s.title LIKE ? OR s.url LIKE ?)"
            values = [f"%{search}%"] * 2
        with self._database.read() as c:
            total = c.execute(f"SELECT count(*) FROM sources s WHERE {condition}", values).fetchone()[0]
        rows = self._where(
            condition, *values, order="s.collection IS NULL, s.collection, s.title", limit=size,
            offset=(page - 1) * size,
        )  # fmt: skip
        return rows, total

    def collections(self) -> list[tuple[str, int]]:
        with self._database.read() as c:
            rows = c.execute(
                "SELECT collection, count(*) AS n FROM sources WHERE collection IS NOT NULL GROUP BY collection"
            )
            return [(row["collection"], row["n"]) for row in rows]

    def snapshot(self, snapshot_id: int) -> Snapshot:
        with self._database.read() as c:
            row = c.execute(
                "SELECT n.*, t.text, s.url, s.title FROM snapshots n JOIN texts t ON t.hash = n.text_hash"
                " JOIN sources s ON s.id = n.source_id WHERE n.id = ?",
                (snapshot_id,),
            ).fetchone()
        return Snapshot(
            id=row["id"], source_id=row["source_id"], text=row["text"], text_hash=row["text_hash"],
            fetched_at=row["fetched_at"], url=row["url"], title=row["title"], etag=row["etag"],
            last_modified=row["last_modified"],
            pages=tuple(Page(**page) for page in json.loads(row["pages"])), flags=_flags(row["flags"]),
        )  # fmt: skip

    # --- in a run ---

    def note(self, run_id: str, item: RunSource) -> bool:
        """Record what became of a hit; True when this url is new to the run."""
        with self._database.write() as c:
            new = not c.execute("SELECT 1 FROM run_sources WHERE run_id = ? AND url = ?", (run_id, item.url)).fetchone()
            c.execute(
                "INSERT OR REPLACE INTO run_sources (run_id, url, question_id, source_id, snapshot_id, title,"
                " engine, query, rank, status, reason) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                (
                    run_id, item.url, item.question_id, item.source_id, item.snapshot_id, item.title,
                    item.engine, item.query, item.rank, item.status, item.reason,
                ),
            )  # fmt: skip
        return new

    def mark_duplicate(self, run_id: str, source_id: int, reason: str) -> None:
        """What was read of this source in a run does not count: another says the same."""
        with self._database.write() as c:
            c.execute(
                "UPDATE run_sources SET status = 'duplicate', reason = ? WHERE run_id = ? AND source_id = ?",
                (reason, run_id, source_id),
            )

    def of_run(self, run_id: str) -> list[RunSource]:
        """What became of every hit, by question and rank."""
        return self._in_run("run_id = ?", run_id)

    def in_run(self, run_id: str, url: str) -> RunSource | None:
        """What became of one address: for the question it was kept for, else the first; None when it was not met."""
        met = self._in_run("run_id = ? AND url = ?", run_id, url)
        return min(met, key=lambda one: one.source_id is None, default=None)

    def _in_run(self, condition: str, *values: Any) -> list[RunSource]:
        names = ", ".join(RunSource.__dataclass_fields__)
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT {names} FROM run_sources WHERE {condition} ORDER BY question_id, rank", values
            ).fetchall()
        return [RunSource(**dict(row)) for row in rows]

    def snapshots_of_run(self, run_id: str) -> list[int]:
        """Snapshots read in a run, duplicates and excluded sources left out."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT DISTINCT r.snapshot_id FROM run_sources r JOIN sources s ON s.id = r.source_id"
                " WHERE r.run_id = ? AND r.status = 'read' AND s.excluded = 0 ORDER BY r.snapshot_id",
                (run_id,),
            )
            return [row["snapshot_id"] for row in rows]

    def runs_citing(self, source_id: int) -> list[str]:
        with self._database.read() as c:
            rows = c.execute(
                "SELECT DISTINCT d.run_id FROM passages p JOIN citations c ON c.passage_id = p.id"
                " JOIN sentences s ON s.id = c.sentence_id JOIN drafts d ON d.id = s.draft_id"
                " WHERE p.source_id = ?",
                (source_id,),
            )
            return [row["run_id"] for row in rows]

    def _where(
        self, condition: str, *values: Any, order: str = "s.id", limit: int = 1000, offset: int = 0
    ) -> list[Source]:
        with self._database.read() as c:
            rows = c.execute(
                f"{_SELECT} WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?", (*values, limit, offset)
            ).fetchall()
        return [_source(row) for row in rows]


def _source(row: Any) -> Source:
    return Source(
        id=row["id"], url=row["url"], title=row["title"], author=row["author"], site=row["site"],
        published=row["published"], media_type=row["media_type"], collection=row["collection"],
        snapshot_id=row["snapshot_id"], text_hash=row["text_hash"], fetched_at=row["fetched_at"],
        words=row["words"], flags=_flags(row["flags"]), excluded=bool(row["excluded"]),
        duplicate_of=row["duplicate_of"], language=row["language"],
    )  # fmt: skip


def _flags(stored: str) -> tuple[Flag, ...]:
    return tuple(Flag(**flag) for flag in json.loads(stored))
