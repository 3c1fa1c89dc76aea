-- +goose Up

-- Figures received from outside. edition is the id of the import run that
-- brought them (UUIDv7: the greatest is the last); label is the edition as its
-- publisher names it. A missing value is NULL with its reason.
CREATE TABLE observation (
    series       TEXT   NOT NULL,
    territory    TEXT   NOT NULL,
    year         BIGINT NOT NULL,
    edition      TEXT   NOT NULL,
    value        DOUBLE PRECISION NULL,
    reason       TEXT   NULL,
    as_published TEXT   NOT NULL DEFAULT '',
    unit         TEXT   NOT NULL DEFAULT '',
    class        TEXT   NOT NULL,
    source       TEXT   NOT NULL DEFAULT '',
    label        TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (series, territory, year, edition),
    CHECK (value IS NOT NULL OR reason IS NOT NULL)
);
CREATE INDEX observation_edition ON observation (edition);
CREATE INDEX observation_territory ON observation (territory, series);

-- state: staged, applied, refused, abandoned.
CREATE TABLE import_run (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    file_name  TEXT   NOT NULL DEFAULT '',
    sha256     TEXT   NOT NULL DEFAULT '',
    state      TEXT   NOT NULL,
    rows       BIGINT NOT NULL DEFAULT 0,
    errors     BIGINT NOT NULL DEFAULT 0,
    at         BIGINT NOT NULL,
    applied_at BIGINT NULL,
    by         TEXT   NOT NULL DEFAULT '',
    note       TEXT   NOT NULL DEFAULT '',
    rev        BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX import_run_kind ON import_run (kind, id);

-- verdict: ok, warning, error.
CREATE TABLE import_row (
    run     TEXT   NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
    line    BIGINT NOT NULL,
    data    TEXT   NOT NULL,
    verdict TEXT   NOT NULL,
    reason  TEXT   NULL,
    col     BIGINT NULL,
    PRIMARY KEY (run, line)
);

-- A version for each set of data that a cache may hold.
CREATE TABLE data_version (
    name    TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL
);

-- Free perimeters: dated sets of communes. holder is a SIREN; valid_from and
-- valid_to are days.
CREATE TABLE perimeter (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        BIGINT  NOT NULL DEFAULT 1,
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    name_fold  TEXT    NOT NULL,
    holder     TEXT    NULL,
    valid_from TEXT    NULL,
    valid_to   TEXT    NULL,
    demo       BOOLEAN NOT NULL DEFAULT FALSE,
    state      TEXT    NOT NULL
);
CREATE INDEX perimeter_name ON perimeter (name_fold, id);

CREATE TABLE perimeter_version (
    id     TEXT   NOT NULL REFERENCES perimeter (id),
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL DEFAULT '',
    reason TEXT   NOT NULL DEFAULT '',
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

CREATE TABLE perimeter_member (
    perimeter TEXT NOT NULL REFERENCES perimeter (id),
    commune   TEXT NOT NULL,
    PRIMARY KEY (perimeter, commune)
);
CREATE INDEX perimeter_member_commune ON perimeter_member (commune, perimeter);

-- Editions of the tree of territories that came in after the embedded one.
CREATE TABLE territory_edition (
    name            TEXT    NOT NULL PRIMARY KEY,
    year            BIGINT  NOT NULL,
    population_year BIGINT  NOT NULL,
    source          TEXT    NOT NULL,
    at              BIGINT  NOT NULL,
    active          BOOLEAN NOT NULL DEFAULT FALSE,
    run             TEXT    NOT NULL DEFAULT ''
);

-- kind: region, department, epci, ept, commune, old. body is compact JSON.
CREATE TABLE territory_row (
    edition TEXT NOT NULL REFERENCES territory_edition (name),
    kind    TEXT NOT NULL,
    code    TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (edition, kind, code)
);

-- What was exported, by whom, with which digest.
CREATE TABLE export (
    id           TEXT   NOT NULL PRIMARY KEY,
    by           TEXT   NOT NULL DEFAULT '',
    at           BIGINT NOT NULL,
    what         TEXT   NOT NULL,
    filter       TEXT   NOT NULL DEFAULT '',
    rows         BIGINT NOT NULL,
    sha256       TEXT   NOT NULL,
    data_version TEXT   NOT NULL DEFAULT ''
);

-- Secrets and settings of this installation: never dumped.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE setting;
DROP TABLE export;
DROP TABLE territory_row;
DROP TABLE territory_edition;
DROP TABLE perimeter_member;
DROP TABLE perimeter_version;
DROP TABLE perimeter;
DROP TABLE data_version;
DROP TABLE import_row;
DROP TABLE import_run;
DROP TABLE observation;
