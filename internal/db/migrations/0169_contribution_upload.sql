-- +goose Up

-- Files that came with the form of a contribution and that no other room had: their
-- bytes go when nothing holds them any more. at is that of their blob.
CREATE TABLE contribution_upload (
    sha256 TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL
);
CREATE INDEX contribution_upload_at ON contribution_upload (at, sha256);

-- +goose Down
DROP TABLE contribution_upload;
