ALTER TABLE ingests ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ingests ADD COLUMN passages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ingests ADD COLUMN seconds REAL NOT NULL DEFAULT 0;

CREATE TABLE files (
    collection TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, changed_ns INTEGER NOT NULL,
    PRIMARY KEY (collection, path)) WITHOUT ROWID;

ALTER TABLE snapshots ADD COLUMN listing INTEGER NOT NULL DEFAULT 0;

CREATE TABLE embedders (model TEXT PRIMARY KEY, dim INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO embedders
    SELECT model, length(vector) / 4 FROM vectors GROUP BY model, length(vector) ORDER BY count(*) DESC;
CREATE INDEX passages_of_source ON passages(source_id);
CREATE INDEX sources_excluded ON sources(id) WHERE excluded = 1;
