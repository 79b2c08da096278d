CREATE TABLE texts (hash TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE workers (id TEXT PRIMARY KEY, pid INTEGER NOT NULL, started_at TEXT NOT NULL, beat REAL NOT NULL);

CREATE TABLE briefs (id INTEGER PRIMARY KEY, data TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, brief_id INTEGER NOT NULL REFERENCES briefs(id), topic TEXT NOT NULL,
    title TEXT NOT NULL, status TEXT NOT NULL, step TEXT NOT NULL, created_at TEXT NOT NULL,
    started_at TEXT, finished_at TEXT, owner TEXT, lease_until REAL NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 0, cancel INTEGER NOT NULL DEFAULT 0, pause INTEGER NOT NULL DEFAULT 0,
    error TEXT, trace_id TEXT, draft_id INTEGER, deleted_at TEXT, seq INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0, model_calls INTEGER NOT NULL DEFAULT 0,
    tokens_in INTEGER NOT NULL DEFAULT 0, tokens_out INTEGER NOT NULL DEFAULT 0);
CREATE INDEX runs_by_age ON runs(created_at);
CREATE INDEX runs_by_status ON runs(status, created_at);
CREATE TABLE events (
    run_id TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, step TEXT NOT NULL,
    data TEXT NOT NULL, PRIMARY KEY (run_id, seq)) WITHOUT ROWID;
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, kind TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
    data TEXT NOT NULL, handled_at TEXT);
CREATE INDEX decisions_open ON decisions(run_id) WHERE handled_at IS NULL;

CREATE TABLE plans (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL,
    origin TEXT NOT NULL, why TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE (run_id, version));
CREATE TABLE questions (
    id INTEGER PRIMARY KEY, plan_id INTEGER NOT NULL, position INTEGER NOT NULL, section TEXT NOT NULL,
    text TEXT NOT NULL, queries TEXT NOT NULL, use INTEGER NOT NULL);
CREATE INDEX questions_of_plan ON questions(plan_id);

CREATE TABLE sources (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, title TEXT NOT NULL, author TEXT, site TEXT,
    published TEXT, media_type TEXT NOT NULL, collection TEXT, snapshot_id INTEGER, fingerprint BLOB,
    excluded INTEGER NOT NULL DEFAULT 0, duplicate_of INTEGER);
CREATE INDEX sources_by_collection ON sources(collection, title);
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY, source_id INTEGER NOT NULL, text_hash TEXT NOT NULL, fetched_at TEXT NOT NULL,
    etag TEXT, last_modified TEXT, language TEXT, words INTEGER NOT NULL, pages TEXT NOT NULL,
    flags TEXT NOT NULL);
CREATE INDEX snapshots_of_source ON snapshots(source_id);
CREATE TABLE web_cache (
    url TEXT PRIMARY KEY, body BLOB NOT NULL, headers TEXT NOT NULL, fetched_at TEXT NOT NULL, etag TEXT,
    last_modified TEXT);
CREATE INDEX web_cache_by_age ON web_cache(fetched_at);
CREATE TABLE run_sources (
    run_id TEXT NOT NULL, url TEXT NOT NULL, question_id INTEGER NOT NULL, source_id INTEGER,
    snapshot_id INTEGER, title TEXT NOT NULL, engine TEXT NOT NULL, query TEXT NOT NULL, rank INTEGER NOT NULL,
    status TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (run_id, question_id, url)) WITHOUT ROWID;
CREATE INDEX run_sources_by_source ON run_sources(source_id);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY, snapshot_id INTEGER NOT NULL, source_id INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, heading TEXT NOT NULL, section_start INTEGER NOT NULL,
    section_end INTEGER NOT NULL, page INTEGER);
CREATE INDEX passages_of_snapshot ON passages(snapshot_id);
CREATE VIEW passages_text AS
    SELECT p.id AS id, s.title AS title, p.heading AS heading,
           substr(t.text, p.start + 1, p."end" - p.start) AS body
    FROM passages p JOIN snapshots n ON n.id = p.snapshot_id JOIN texts t ON t.hash = n.text_hash
         JOIN sources s ON s.id = p.source_id;
CREATE VIRTUAL TABLE passages_fts USING fts5(
    title, heading, body, content='passages_text', content_rowid='id', tokenize='porter unicode61');
CREATE VIRTUAL TABLE passages_vocab USING fts5vocab('passages_fts', 'row');
CREATE TABLE vectors (
    passage_id INTEGER NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (passage_id, model));

CREATE TABLE numbers (
    run_id TEXT NOT NULL, number INTEGER NOT NULL, passage_id INTEGER NOT NULL,
    PRIMARY KEY (run_id, number), UNIQUE (run_id, passage_id)) WITHOUT ROWID;
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, question_id INTEGER NOT NULL, sufficient INTEGER NOT NULL,
    note TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE (run_id, question_id));
CREATE TABLE evidence_items (
    evidence_id INTEGER NOT NULL, position INTEGER NOT NULL, passage_id INTEGER NOT NULL,
    number INTEGER NOT NULL, score REAL NOT NULL, scores TEXT NOT NULL, left_out TEXT NOT NULL,
    PRIMARY KEY (evidence_id, position)) WITHOUT ROWID;
CREATE TABLE conflicts (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, data TEXT NOT NULL, UNIQUE (run_id, data));

CREATE TABLE drafts (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, version INTEGER NOT NULL, origin TEXT NOT NULL,
    base_id INTEGER, note TEXT NOT NULL, title TEXT NOT NULL, created_at TEXT NOT NULL, scorecard TEXT,
    passed INTEGER, reasons TEXT, UNIQUE (run_id, version));
CREATE TABLE draft_sections (
    draft_id INTEGER NOT NULL, position INTEGER NOT NULL, heading TEXT NOT NULL, question_id INTEGER,
    PRIMARY KEY (draft_id, position)) WITHOUT ROWID;
CREATE TABLE sentences (
    id INTEGER PRIMARY KEY, draft_id INTEGER NOT NULL, section INTEGER NOT NULL, position INTEGER NOT NULL,
    paragraph INTEGER NOT NULL, kind TEXT NOT NULL, text_hash TEXT NOT NULL);
CREATE INDEX sentences_of_draft ON sentences(draft_id, section, position);
CREATE TABLE citations (
    sentence_id INTEGER NOT NULL, position INTEGER NOT NULL, number INTEGER NOT NULL,
    passage_id INTEGER NOT NULL, PRIMARY KEY (sentence_id, position)) WITHOUT ROWID;
CREATE INDEX citations_by_passage ON citations(passage_id);
CREATE TABLE verdicts (
    sentence_id INTEGER PRIMARY KEY, label TEXT NOT NULL, score REAL NOT NULL, reason TEXT NOT NULL,
    judge TEXT NOT NULL, passage_id INTEGER, quote_start INTEGER, quote_end INTEGER,
    doubtful INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE diagnoses (
    draft_id INTEGER NOT NULL, sentence_id INTEGER NOT NULL, cause TEXT NOT NULL, failure TEXT NOT NULL,
    reason TEXT NOT NULL, passages TEXT NOT NULL, PRIMARY KEY (draft_id, sentence_id)) WITHOUT ROWID;
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, draft_id INTEGER NOT NULL, sentence_id INTEGER NOT NULL, kind TEXT NOT NULL,
    text TEXT NOT NULL, why TEXT NOT NULL, state TEXT NOT NULL);
CREATE INDEX notes_of_draft ON notes(draft_id);

CREATE TABLE calls (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, run_id TEXT, role TEXT NOT NULL, task TEXT NOT NULL,
    model TEXT NOT NULL, status TEXT NOT NULL, tokens_in INTEGER NOT NULL, tokens_cached INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL, cost_usd REAL, seconds REAL NOT NULL, at TEXT NOT NULL, error TEXT NOT NULL,
    request_hash TEXT, answer_hash TEXT);
CREATE INDEX calls_by_key ON calls(key, status);
CREATE INDEX calls_of_run ON calls(run_id);
CREATE INDEX calls_by_day ON calls(at);

CREATE TABLE publications (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, key TEXT NOT NULL, target TEXT NOT NULL, status TEXT NOT NULL,
    slug TEXT NOT NULL, url TEXT, remote_id TEXT, content_hash TEXT, version INTEGER NOT NULL DEFAULT 0,
    draft_id INTEGER, published_at TEXT, modified_at TEXT, approved_by TEXT, error TEXT,
    updates TEXT NOT NULL DEFAULT '[]', UNIQUE (key, target));
CREATE INDEX publications_of_run ON publications(run_id);
CREATE TABLE receipts (id INTEGER PRIMARY KEY, publication_id INTEGER NOT NULL, data TEXT NOT NULL);

CREATE TABLE ingests (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, what TEXT NOT NULL, collection TEXT NOT NULL,
    status TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '', owner TEXT,
    lease_until REAL NOT NULL DEFAULT 0, at TEXT NOT NULL);
