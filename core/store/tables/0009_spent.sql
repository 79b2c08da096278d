CREATE TABLE spent (
    day TEXT NOT NULL, model TEXT NOT NULL, role TEXT NOT NULL, calls INTEGER NOT NULL, tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL, cost_usd REAL NOT NULL, replayed INTEGER NOT NULL, unpriced INTEGER NOT NULL,
    PRIMARY KEY (day, model, role)) WITHOUT ROWID;
INSERT INTO spent
    SELECT substr(at, 1, 10), model, role, count(*), sum(tokens_in), sum(tokens_out), total(cost_usd),
        sum(status = 'replayed'), sum(cost_usd IS NULL AND tokens_in + tokens_out > 0)
    FROM calls WHERE status IN ('done', 'replayed', 'failed', 'abandoned') GROUP BY 1, 2, 3;
