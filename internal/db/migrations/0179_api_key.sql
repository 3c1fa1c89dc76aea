-- +goose Up

-- What lets a program read and write in somebody's name, within one scope. hash is the
-- SHA-256 of the key, which is shown once; prefix its first letters, for its person to
-- know it by. verbs: read, write. expires and last_used are days. ended_at is NULL while
-- it serves.
CREATE TABLE api_key (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    hash       TEXT   NOT NULL UNIQUE,
    prefix     TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    scope_kind TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    verbs      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    expires    TEXT   NOT NULL,
    last_used  TEXT   NOT NULL,
    ended_at   BIGINT NULL
);
CREATE INDEX api_key_person ON api_key (person, id);

-- +goose Down
DROP TABLE api_key;
