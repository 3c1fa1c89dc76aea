-- +goose Up

-- Files, named by their content. at is the last time the same bytes came in:
-- what cleans up leaves the recent ones alone.
CREATE TABLE blob (
    sha256 TEXT   NOT NULL PRIMARY KEY,
    size   BIGINT NOT NULL,
    type   TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX blob_at ON blob (at, sha256);

-- Every chunk but the last holds 256 KiB.
CREATE TABLE blob_chunk (
    sha256 TEXT   NOT NULL REFERENCES blob (sha256) ON DELETE CASCADE,
    n      BIGINT NOT NULL,
    data   BYTEA  NOT NULL,
    PRIMARY KEY (sha256, n)
);

-- +goose Down
DROP TABLE blob_chunk;
DROP TABLE blob;
