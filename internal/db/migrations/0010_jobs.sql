-- +goose Up

-- Work to do later. state: ready, done, dead. A job is held while lease_until
-- is in the future. dedup says «once»: a finished job that has one is kept as
-- done for a while, one without is removed.
CREATE TABLE job (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    args        TEXT   NOT NULL,
    dedup       TEXT   NULL UNIQUE,
    state       TEXT   NOT NULL DEFAULT 'ready',
    run_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    attempts    BIGINT NOT NULL DEFAULT 0,
    error       TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX job_ready ON job (run_at, id) WHERE state = 'ready';
CREATE INDEX job_state ON job (state, id);

-- +goose Down
DROP TABLE job;
