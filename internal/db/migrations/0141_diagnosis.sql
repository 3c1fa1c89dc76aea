-- +goose Up

-- The themes of a region's COP. kind: levers (a set of levers, whose codes levers holds, separated by spaces)
-- or cross (a subject that cuts across them, named by subject). maps holds the codes
-- of the six themes that it answers to, separated by spaces. priority tells that
-- both heads put it first, with their reason in chosen_why; choice is the choice that
-- said so. state: kept, withdrawn.
CREATE TABLE diagnosis_theme (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        BIGINT  NOT NULL,
    cop_id     TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    cycle      TEXT    NOT NULL,
    position   BIGINT  NOT NULL,
    name       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    maps       TEXT    NOT NULL,
    levers     TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    priority   BOOLEAN NOT NULL,
    chosen_why TEXT    NOT NULL,
    choice     TEXT    NOT NULL
);
CREATE INDEX diagnosis_theme_cop ON diagnosis_theme (cop_id, position, id);
CREATE INDEX diagnosis_theme_cycle ON diagnosis_theme (cycle, region);
CREATE TABLE diagnosis_theme_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- The weights that the team of a COP gives to the criteria of the scores of levers:
-- one row a COP, JSON by criterion.
CREATE TABLE diagnosis_weights (
    id     TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    cop_id TEXT   NOT NULL UNIQUE,
    body   TEXT   NOT NULL
);
CREATE TABLE diagnosis_weights_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What both heads are asked to put first. body holds the themes at their revision,
-- the reason of each, the weights and the scores of levers as read that day.
-- state: proposed, recorded, withdrawn.
CREATE TABLE diagnosis_choice (
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

-- The diagnosis that the team of a COP composes: the root, then its blocks. A block
-- is a text of the team, or a live one (its code in the catalogue, its choices in
-- params as JSON). title, when it is not empty, takes the place of the one that a
-- live block makes. part is one of the parts of the diagnosis. state: kept, withdrawn.
CREATE TABLE diagnosis (
    id     TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    cop_id TEXT   NOT NULL UNIQUE,
    region TEXT   NOT NULL,
    cycle  TEXT   NOT NULL,
    title  TEXT   NOT NULL
);
CREATE TABLE diagnosis_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);
CREATE TABLE diagnosis_block (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    diagnosis_id TEXT   NOT NULL,
    part         TEXT   NOT NULL,
    position     BIGINT NOT NULL,
    live         TEXT   NOT NULL,
    params       TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    state        TEXT   NOT NULL
);
CREATE INDEX diagnosis_block_of ON diagnosis_block (diagnosis_id, position, id);
CREATE TABLE diagnosis_block_version (
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
-- proposed, published, withdrawn.
CREATE TABLE diagnosis_edition (
    id             TEXT   NOT NULL PRIMARY KEY,
    cop_id         TEXT   NOT NULL,
    region         TEXT   NOT NULL,
    cycle          TEXT   NOT NULL,
    seq            BIGINT NOT NULL,
    state          TEXT   NOT NULL,
    day            TEXT   NOT NULL,
    published_on   TEXT   NOT NULL,
    publication_id TEXT   NOT NULL,
    act            TEXT   NOT NULL,
    by             TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    sha256         TEXT   NOT NULL,
    UNIQUE (cop_id, seq)
);
CREATE INDEX diagnosis_edition_region ON diagnosis_edition (region, state, seq);

-- +goose Down
DROP TABLE diagnosis_edition; DROP TABLE diagnosis_block_version; DROP TABLE diagnosis_block; DROP TABLE diagnosis_version; DROP TABLE diagnosis;
DROP TABLE diagnosis_choice; DROP TABLE diagnosis_weights_version; DROP TABLE diagnosis_weights; DROP TABLE diagnosis_theme_version; DROP TABLE diagnosis_theme;
