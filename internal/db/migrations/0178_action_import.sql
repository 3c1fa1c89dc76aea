-- +goose Up

-- Files of actions that somebody sent for a COP: what was said of each, its bytes until
-- it is applied or a day has gone, and the run of intake that holds its verdicts, empty
-- while columns wait for a person. said is the meaning of its columns, chosen what is
-- done with its rows, both JSON.
CREATE TABLE action_import (
    id       TEXT   NOT NULL PRIMARY KEY,
    cop_id   TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    sha256   TEXT   NOT NULL,
    size     BIGINT NOT NULL,
    said     TEXT   NOT NULL,
    chosen   TEXT   NOT NULL,
    header   TEXT   NOT NULL,
    run      TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    by       TEXT   NOT NULL
);
CREATE INDEX action_import_run ON action_import (run);
CREATE INDEX action_import_at ON action_import (at);
CREATE TABLE action_import_part (
    import_id TEXT   NOT NULL,
    n         BIGINT NOT NULL,
    data      BYTEA  NOT NULL,
    PRIMARY KEY (import_id, n)
);

-- What the columns of a header mean, as somebody of the COP said last.
CREATE TABLE action_mapping (
    cop_id      TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    said        TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    by          TEXT   NOT NULL,
    PRIMARY KEY (cop_id, fingerprint)
);

-- +goose Down
DROP TABLE action_mapping; DROP TABLE action_import_part; DROP TABLE action_import;
