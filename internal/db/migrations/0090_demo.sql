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

-- Whom a visitor of the demonstration may be, in the order of its page: those
-- of a region, or of the nation (empty). first is the page that they open.
CREATE TABLE persona (
    region  TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    account TEXT   NOT NULL,
    role    TEXT   NOT NULL,
    place   TEXT   NOT NULL,
    first   TEXT   NOT NULL,
    PRIMARY KEY (region, n)
);
CREATE INDEX persona_account ON persona (account);

-- +goose Down
DROP TABLE persona;
DROP TABLE demo;
