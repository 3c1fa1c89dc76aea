-- +goose Up

-- A filter of the register that somebody keeps under a name: their own, or shared with
-- the team of their COP. query is the filter as the address holds it.
CREATE TABLE action_view (
    id     TEXT    NOT NULL PRIMARY KEY,
    rev    BIGINT  NOT NULL,
    cop_id TEXT    NOT NULL,
    person TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    query  TEXT    NOT NULL,
    shared BOOLEAN NOT NULL,
    at     BIGINT  NOT NULL,
    ended_at BIGINT NULL
);
CREATE INDEX action_view_cop ON action_view (cop_id, person, name);

-- +goose Down
DROP TABLE action_view;
