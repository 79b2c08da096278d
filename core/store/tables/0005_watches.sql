CREATE TABLE watches (
    run_id TEXT PRIMARY KEY, checked REAL, failures INTEGER NOT NULL DEFAULT 0, asked_by TEXT NOT NULL DEFAULT '',
    owner TEXT, lease_until REAL NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE verifications (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, draft_id INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
    claims INTEGER NOT NULL, holding INTEGER NOT NULL, counts TEXT NOT NULL, findings TEXT NOT NULL,
    looks TEXT NOT NULL, proposal TEXT NOT NULL, base_id INTEGER, proposed_id INTEGER, decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL);
CREATE INDEX verifications_of_run ON verifications(run_id, id);
CREATE INDEX verifications_open ON verifications(proposal) WHERE proposal = 'open';
