-- +goose Up

-- An export of answers that somebody asked for. state: waiting, running, ready,
-- failed, expired. beat moves while it is being made: a row that runs without
-- moving was left by a program that stopped. encoding is gzip or empty; size and
-- sha256 are those of the file as it is taken away, kept is what its chunks weigh.
CREATE TABLE survey_export (
    id           TEXT    NOT NULL PRIMARY KEY,
    rev          BIGINT  NOT NULL,
    cycle        TEXT    NOT NULL,
    region       TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    what         TEXT    NOT NULL,
    texts        BOOLEAN NOT NULL,
    by           TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    state        TEXT    NOT NULL,
    beat         BIGINT  NOT NULL,
    file         TEXT    NOT NULL,
    encoding     TEXT    NOT NULL,
    size         BIGINT  NOT NULL,
    kept         BIGINT  NOT NULL,
    rows         BIGINT  NOT NULL,
    sha256       TEXT    NOT NULL,
    data_version TEXT    NOT NULL,
    reason       TEXT    NOT NULL
);
CREATE INDEX survey_export_region ON survey_export (region, id);
CREATE TABLE survey_export_chunk (
    export_id TEXT   NOT NULL REFERENCES survey_export (id) ON DELETE CASCADE,
    n         BIGINT NOT NULL,
    data      BYTEA  NOT NULL,
    PRIMARY KEY (export_id, n)
);

-- Forms that came back as files, together: read, shown, then applied as drafts.
-- response_id is filled when an authority brings its own; state: reading, read,
-- applying, applied, failed.
CREATE TABLE survey_return (
    id          TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    region      TEXT   NOT NULL,
    cop_id      TEXT   NOT NULL,
    response_id TEXT   NOT NULL,
    by          TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    beat        BIGINT NOT NULL,
    received_on TEXT   NOT NULL,
    forms       BIGINT NOT NULL,
    reason      TEXT   NOT NULL
);
CREATE INDEX survey_return_region ON survey_return (region, id);
CREATE INDEX survey_return_response ON survey_return (response_id, id);
-- One file of them, as it was received. verdict: waiting, ok, warning, error; cells
-- and notes are JSON: what is to be written, and what is said of lines (line,
-- column, reason). written and kept_back are counted when it is applied.
CREATE TABLE survey_return_form (
    return_id   TEXT   NOT NULL REFERENCES survey_return (id) ON DELETE CASCADE,
    n           BIGINT NOT NULL,
    file_name   TEXT   NOT NULL,
    data        BYTEA  NOT NULL,
    response_id TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    verdict     TEXT   NOT NULL,
    cells       TEXT   NOT NULL,
    notes       TEXT   NOT NULL,
    filled      BIGINT NOT NULL,
    refused     BIGINT NOT NULL,
    written     BIGINT NULL,
    kept_back   BIGINT NULL,
    PRIMARY KEY (return_id, n)
);

-- A paper form that the team received: its scan, its day, who signed it.
CREATE TABLE response_paper (
    id          TEXT   NOT NULL PRIMARY KEY,
    response_id TEXT   NOT NULL,
    sha256      TEXT   NOT NULL REFERENCES blob (sha256),
    file_name   TEXT   NOT NULL,
    received_on TEXT   NOT NULL,
    signed_by   TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    by          TEXT   NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX response_paper_response ON response_paper (response_id, id);

-- +goose Down
DROP TABLE response_paper; DROP TABLE survey_return_form; DROP TABLE survey_return; DROP TABLE survey_export_chunk; DROP TABLE survey_export;
