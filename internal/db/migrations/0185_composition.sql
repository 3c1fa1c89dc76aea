-- +goose Up

-- The documents that a COP composes (diagnosis, roadmap, review of a year) are one
-- thing: the tables of the diagnosis become those of any document. kind: diagnostic,
-- feuille-de-route, revue. term tells apart what is composed again and again (the year
-- of a review), empty otherwise.
CREATE TABLE composition (
    id     TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    cop_id TEXT   NOT NULL,
    region TEXT   NOT NULL,
    cycle  TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    term   TEXT   NOT NULL,
    title  TEXT   NOT NULL,
    UNIQUE (cop_id, kind, term)
);
CREATE TABLE composition_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);
-- A block is a text of the team, or a live one (its code in the catalogue, its choices
-- in params as JSON). title, when it is not empty, takes the place of the one that a
-- live block makes. part is one of the parts of the document. state: kept, withdrawn.
CREATE TABLE composition_block (
    id             TEXT   NOT NULL PRIMARY KEY,
    rev            BIGINT NOT NULL,
    composition_id TEXT   NOT NULL,
    part           TEXT   NOT NULL,
    position       BIGINT NOT NULL,
    live           TEXT   NOT NULL,
    params         TEXT   NOT NULL,
    title          TEXT   NOT NULL,
    text           TEXT   NOT NULL,
    state          TEXT   NOT NULL
);
CREATE INDEX composition_block_of ON composition_block (composition_id, position, id);
CREATE TABLE composition_block_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);
-- An edition is frozen when it is proposed to both heads (its document, files and
-- explanations are a publication), and published with their second word. state:
-- proposed, published, withdrawn. why says why this edition follows the one before
-- (empty for the first); ended_why why a published one was withdrawn.
CREATE TABLE composition_edition (
    id             TEXT   NOT NULL PRIMARY KEY,
    cop_id         TEXT   NOT NULL,
    region         TEXT   NOT NULL,
    cycle          TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    term           TEXT   NOT NULL,
    seq            BIGINT NOT NULL,
    state          TEXT   NOT NULL,
    day            TEXT   NOT NULL,
    published_on   TEXT   NOT NULL,
    publication_id TEXT   NOT NULL,
    act            TEXT   NOT NULL,
    by             TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    sha256         TEXT   NOT NULL,
    why            TEXT   NOT NULL DEFAULT '',
    ended_on       TEXT   NOT NULL DEFAULT '',
    ended_why      TEXT   NOT NULL DEFAULT '',
    UNIQUE (cop_id, kind, term, seq)
);
CREATE INDEX composition_edition_region ON composition_edition (region, kind, state, seq);
CREATE INDEX composition_edition_cycle ON composition_edition (cycle, kind, state, published_on);

INSERT INTO composition (id, rev, cop_id, region, cycle, kind, term, title) SELECT id, rev, cop_id, region, cycle, 'diagnostic', '', title FROM diagnosis;
INSERT INTO composition_version (id, rev, at, by, reason, body) SELECT id, rev, at, by, reason, body FROM diagnosis_version;
INSERT INTO composition_block (id, rev, composition_id, part, position, live, params, title, text, state) SELECT id, rev, diagnosis_id, part, position, live, params, title, text, state FROM diagnosis_block;
INSERT INTO composition_block_version (id, rev, at, by, reason, body) SELECT id, rev, at, by, reason, body FROM diagnosis_block_version;
INSERT INTO composition_edition (id, cop_id, region, cycle, kind, term, seq, state, day, published_on, publication_id, act, by, at, sha256)
    SELECT id, cop_id, region, cycle, 'diagnostic', '', seq, state, day, published_on, publication_id, act, by, at, sha256 FROM diagnosis_edition;
DROP TABLE diagnosis_edition;
DROP TABLE diagnosis_block_version;
DROP TABLE diagnosis_block;
DROP TABLE diagnosis_version;
DROP TABLE diagnosis;

-- +goose Down
DROP TABLE composition_edition; DROP TABLE composition_block_version; DROP TABLE composition_block; DROP TABLE composition_version; DROP TABLE composition;
