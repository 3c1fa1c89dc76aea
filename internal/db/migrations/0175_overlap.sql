-- +goose Up

-- The same thing declared by two actions for one lever, as the team settled it. pair is
-- both ids in order. counts is the action that counts whole, other the one of which part
-- (in ten-thousandths) counts. state: confirmed, dismissed.
CREATE TABLE action_overlap (
    id     TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    cop_id TEXT   NOT NULL,
    lever  TEXT   NOT NULL,
    pair   TEXT   NOT NULL,
    counts TEXT   NOT NULL,
    other  TEXT   NOT NULL,
    part   BIGINT NOT NULL,
    state  TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    by     TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    UNIQUE (lever, pair)
);
CREATE INDEX action_overlap_cop ON action_overlap (cop_id, lever, id);
CREATE INDEX action_overlap_counts ON action_overlap (counts);
CREATE INDEX action_overlap_other ON action_overlap (other);
CREATE TABLE action_overlap_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- +goose Down
DROP TABLE action_overlap_version; DROP TABLE action_overlap;
