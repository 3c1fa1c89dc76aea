-- +goose Up

-- What a COP puts on the table for a lever in a territory: the region, one of its
-- départements, or a free perimeter. What the panorama offers is computed, never
-- kept here. A row holds the value on the table now, and beside it the last one
-- that both heads shared, which stays in force while another is discussed.
-- kg is kg of CO2e per year in 2030 against 2019; it is NULL for a lever that does
-- not count in CO2, which has its level alone. typed is what was written, in the
-- unit that measure names (kt, level). state: discussed, sharing, shared,
-- withdrawn. above: confirmed above the whole emissions of the lever.
CREATE TABLE objective (
    id           TEXT             NOT NULL PRIMARY KEY,
    rev          BIGINT           NOT NULL,
    cop_id       TEXT             NOT NULL,
    cycle        TEXT             NOT NULL,
    region       TEXT             NOT NULL,
    territory    TEXT             NOT NULL,
    scale        TEXT             NOT NULL,
    lever        TEXT             NOT NULL,
    state        TEXT             NOT NULL,
    kg           BIGINT           NULL,
    level        DOUBLE PRECISION NULL,
    unit         TEXT             NOT NULL,
    measure      TEXT             NOT NULL,
    typed        TEXT             NOT NULL,
    above        BOOLEAN          NOT NULL,
    reason       TEXT             NOT NULL,
    by           TEXT             NOT NULL,
    at           BIGINT           NOT NULL,
    shared_rev   BIGINT           NOT NULL,
    shared_kg    BIGINT           NULL,
    shared_level DOUBLE PRECISION NULL,
    shared_on    TEXT             NOT NULL,
    sharing      TEXT             NOT NULL,
    UNIQUE (cop_id, territory, lever)
);
CREATE INDEX objective_cycle ON objective (cycle, scale, region, lever);
CREATE INDEX objective_territory ON objective (territory, lever);
CREATE TABLE objective_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Who does not hold the objective on the table, and what they hold instead. kg and
-- level are NULL when they only say why. state: held, lifted.
CREATE TABLE objective_dissent (
    id           TEXT             NOT NULL PRIMARY KEY,
    rev          BIGINT           NOT NULL,
    objective_id TEXT             NOT NULL,
    cop_id       TEXT             NOT NULL,
    party        TEXT             NOT NULL,
    name         TEXT             NOT NULL,
    org          TEXT             NOT NULL,
    kg           BIGINT           NULL,
    level        DOUBLE PRECISION NULL,
    measure      TEXT             NOT NULL,
    typed        TEXT             NOT NULL,
    text         TEXT             NOT NULL,
    day          TEXT             NOT NULL,
    state        TEXT             NOT NULL,
    by           TEXT             NOT NULL,
    at           BIGINT           NOT NULL
);
CREATE INDEX objective_dissent_objective ON objective_dissent (objective_id, id);
CREATE INDEX objective_dissent_cop ON objective_dissent (cop_id, objective_id);
CREATE TABLE objective_dissent_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- A list of objectives given to both heads to share. body holds each objective of
-- the list at its revision, with its value, its reason and its dissent, as read
-- that day; sha256 is the digest of body. state: proposed, shared, withdrawn.
CREATE TABLE objective_sharing (
    id       TEXT   NOT NULL PRIMARY KEY,
    cop_id   TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    state    TEXT   NOT NULL,
    act      TEXT   NOT NULL,
    by       TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    ended_on TEXT   NOT NULL,
    sha256   TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    UNIQUE (cop_id, seq)
);

-- +goose Down
DROP TABLE objective_sharing; DROP TABLE objective_dissent_version; DROP TABLE objective_dissent; DROP TABLE objective_version; DROP TABLE objective;
