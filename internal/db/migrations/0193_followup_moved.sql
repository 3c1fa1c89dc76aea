-- +goose Up

-- The action that each version of what is said of a COP spoke of: what is kept of the
-- COP reads that one again, and no other. A version without a row is read whole.
CREATE TABLE followup_moved (
    cop_id    TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    action_id TEXT   NOT NULL,
    PRIMARY KEY (cop_id, version)
);

-- +goose Down
DROP TABLE followup_moved;
