CREATE TABLE forks (
    run_id TEXT PRIMARY KEY, from_run TEXT NOT NULL, seq INTEGER NOT NULL, step TEXT NOT NULL, changes TEXT NOT NULL,
    state TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX forks_of_run ON forks(from_run);
