ALTER TABLE runs ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET unpriced = (SELECT count(*) FROM calls c WHERE c.run_id = runs.id AND c.cost_usd IS NULL
    AND c.status IN ('done', 'failed', 'abandoned') AND c.tokens_in + c.tokens_out > 0);
