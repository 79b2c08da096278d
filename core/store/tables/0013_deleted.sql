CREATE INDEX runs_deleted ON runs(deleted_at) WHERE deleted_at IS NOT NULL;
