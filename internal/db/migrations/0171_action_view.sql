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

-- The documents that were ever joined to an action: its versions keep those that were
-- taken off, so no file that another room throws away is one of them.
CREATE TABLE action_file (
    action_id TEXT NOT NULL,
    sha256    TEXT NOT NULL REFERENCES blob (sha256),
    PRIMARY KEY (action_id, sha256)
);
CREATE INDEX action_file_sha256 ON action_file (sha256);

-- +goose Down
DROP TABLE action_file; DROP TABLE action_view;
