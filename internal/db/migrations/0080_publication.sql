-- +goose Up

-- Documents that were frozen. A publication is its manifest: the path, length
-- and SHA-256 of each part (the document with its figures and explanations, its
-- page, its slides, its text), whose bytes are files.
CREATE TABLE publication_series (
    cop_id TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (cop_id, kind)
);
CREATE TABLE publication (
    id       TEXT    NOT NULL PRIMARY KEY,
    cop_id   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    seq      BIGINT  NOT NULL,
    title    TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    demo     BOOLEAN NOT NULL,
    manifest TEXT    NOT NULL,
    sha256   TEXT    NOT NULL,
    at       BIGINT  NOT NULL,
    by       TEXT    NOT NULL,
    UNIQUE (cop_id, kind, seq),
    UNIQUE (cop_id, kind, sha256)
);

-- The files of a publication: what is in use is not cleaned up.
CREATE TABLE publication_file (
    publication_id TEXT   NOT NULL REFERENCES publication (id),
    path           TEXT   NOT NULL,
    size           BIGINT NOT NULL,
    sha256         TEXT   NOT NULL REFERENCES blob (sha256),
    PRIMARY KEY (publication_id, path)
);
CREATE INDEX publication_file_blob ON publication_file (sha256);

-- +goose Down
DROP TABLE publication_file;
DROP TABLE publication;
DROP TABLE publication_series;
