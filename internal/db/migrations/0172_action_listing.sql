-- +goose Up

-- Lists of actions that both heads retain at once: the «relevé de décisions». body is
-- what was frozen, sha256 its digest, seq its number in the COP. state: proposed,
-- retained, withdrawn.
CREATE TABLE action_listing (
    id       TEXT   NOT NULL PRIMARY KEY,
    cop_id   TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    state    TEXT   NOT NULL,
    act      TEXT   NOT NULL,
    by       TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    ended_on TEXT   NOT NULL,
    title    TEXT   NOT NULL,
    sha256   TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    UNIQUE (cop_id, seq)
);

-- What was said of two actions that look alike, a before b. state: dismissed (they are
-- two), merged, parted. body says how they were merged, so that they can be parted.
CREATE TABLE action_pair (
    cop_id TEXT   NOT NULL,
    a      TEXT   NOT NULL,
    b      TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    state  TEXT   NOT NULL,
    by     TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (a, b)
);
CREATE INDEX action_pair_cop ON action_pair (cop_id, state);
CREATE INDEX action_pair_b ON action_pair (b);

-- The cross-cutting themes of a COP that its team changed; those that every COP begins
-- with are in the program, and a row of the same code stands for them. state: kept,
-- withdrawn.
CREATE TABLE action_cross (
    cop_id TEXT   NOT NULL,
    code   TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    name   TEXT   NOT NULL,
    state  TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (cop_id, code)
);

-- +goose Down
DROP TABLE action_cross; DROP TABLE action_pair; DROP TABLE action_listing;
