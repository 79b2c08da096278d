"""The tables: the files of `tables/`, applied in the order of their names, each once.

Large text lives in `texts` alone, once, by SHA-256; every other table stays small, so a
page of 10,000 runs costs what a page of 10 does. `passages_text` is a view, and the full
text index reads through it, so that indexing a passage does not store it again. Tables of
small rows are WITHOUT ROWID; `vectors` is not, for there each row of 1 kB would take an
overflow page of 4 kB.
"""

import sqlite3
from functools import cache
from pathlib import Path

from core.errors import StoreError

TABLES = Path(__file__).with_name("tables")


@cache
def migrations() -> tuple[str, ...]:
    """The names of all migrations, oldest first."""
    return tuple(sorted(path.stem for path in TABLES.glob("*.sql")))


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest schema; does nothing, fast, when it is there.

    Raises:
        StoreError: the file was written by a newer Galley.
    """
    applied = _applied(connection)
    unknown = [name for name in applied if name not in migrations()]
    if unknown:
        raise StoreError(
            f"The database was written by a newer Galley (it has {unknown[-1]}).",
            remedy="Update Galley, or set GALLEY_DATA to another folder.",
        )
    if len(applied) < len(migrations()):
        _migrations().apply(_database(connection))


def _applied(connection: sqlite3.Connection) -> list[str]:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()
    if not known:
        return []
    rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'galley' ORDER BY name")
    return [row[0] for row in rows]


def _database(connection: sqlite3.Connection):  # noqa: ANN202 - sqlite_utils is imported late: 1 s
    from sqlite_utils import Database

    return Database(connection)


def _migrations():  # noqa: ANN202
    from sqlite_utils import Migrations

    found = Migrations("galley")
    for name in migrations():
        found(name=name)(lambda db, name=name: _apply(db.conn, name))
    return found


def _apply(connection: sqlite3.Connection, name: str) -> None:
    """Statement by statement: `executescript` would commit what came before it, half a migration."""
    for statement in (TABLES / f"{name}.sql").read_text().split(";\n"):
        if statement.strip():
            connection.execute(statement)
