CREATE INDEX events_judged ON events(run_id) WHERE kind = 'judged';
