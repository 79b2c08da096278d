CREATE INDEX watches_asked ON watches(run_id) WHERE asked_by != '';
