"""A vector table that is damaged: runs go on by words, and where the file itself is broken it is told."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from core.library import embed_missing
from core.models import Status
from tests.agents.small_house import House

TOPIC = "Do street trees cool a hot city?"


@pytest.mark.parametrize("damage", ["UPDATE vectors SET vector = randomblob(37)", "DELETE FROM vectors"])
def test_a_run_goes_on_by_words_and_the_vectors_are_made_anew(house: House, damage: str):
    whole = house.studio.store.passages.vectors(house.process.holdings.embedder.name)[1]
    with closing(sqlite3.connect(house.data / "galley.db")) as c, c:
        c.execute(damage)
    run = house.to_review(TOPIC)
    assert run.status is Status.REVIEW
    scores = [set(item.scores) for found in house.studio.evidence(run.id) for item in found.items if item.scores]
    assert scores
    assert "dense" not in set.union(*scores)
    embed_missing(house.process, stopped=lambda: False)
    made = house.studio.store.passages.vectors(house.process.holdings.embedder.name)[1]
    assert np.array_equal(made, whole)


def test_a_broken_page_of_the_file_is_told_with_what_to_do(house: House):
    path = house.data / "galley.db"
    with closing(sqlite3.connect(path)) as c:
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = c.execute("SELECT rootpage FROM sqlite_master WHERE name = 'vectors'").fetchone()[0]
        size = c.execute("PRAGMA page_size").fetchone()[0]
    house.process.store.database.close()
    house.studio.store.database.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    run = house.work(house.start(TOPIC, autopilot=True))
    assert run.status is Status.FAILED
    assert run.error
    assert "damaged" in run.error["message"]
    assert "Restore a backup" in run.error["remedy"]
