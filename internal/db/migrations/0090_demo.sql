-- +goose Up

-- What makes a database one of demonstration: one row, written first in an
-- empty database, before anything invented. A real database has none, and never
-- gets one. It goes with an archive: invented data stay so wherever they are
-- loaded. state: filling, ready. edition names what the generator writes.
CREATE TABLE demo (
    id      TEXT   NOT NULL PRIMARY KEY,
    state   TEXT   NOT NULL,
    edition TEXT   NOT NULL,
    size    TEXT   NOT NULL,
    seed    BIGINT NOT NULL,
    day     TEXT   NOT NULL
);

-- +goose Down
DROP TABLE demo;
