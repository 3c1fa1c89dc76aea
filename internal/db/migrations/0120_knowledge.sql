-- +goose Up

-- Strong points and obstacles: what somebody says of a place, and what the team
-- of the region made of it. origin names what it was made from (an answer to a
-- questionnaire), so that the same is never there twice. An obstacle merged into
-- another keeps its row; grp is the national line that it counts in, home the
-- one that its own escalation made.
CREATE TABLE knowledge_item (
    id           TEXT    NOT NULL PRIMARY KEY,
    rev          BIGINT  NOT NULL,
    kind         TEXT    NOT NULL,
    region       TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    org          TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    origin       TEXT    NULL UNIQUE,
    organisation TEXT    NOT NULL,
    raiser       TEXT    NOT NULL,
    territory    TEXT    NOT NULL,
    scale        TEXT    NOT NULL,
    theme        TEXT    NOT NULL,
    levers       TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    result       TEXT    NOT NULL,
    contact      TEXT    NOT NULL,
    replicable   TEXT    NOT NULL,
    evidence     TEXT    NOT NULL,
    nature       TEXT    NOT NULL,
    level        TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    link         TEXT    NOT NULL,
    day          TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    said         TEXT    NOT NULL,
    shared       BOOLEAN NOT NULL,
    merged_into  TEXT    NOT NULL,
    grp          TEXT    NOT NULL,
    home         TEXT    NOT NULL,
    escalated_by TEXT    NOT NULL,
    at           BIGINT  NOT NULL
);
CREATE INDEX knowledge_item_region ON knowledge_item (kind, region, at, id);
CREATE INDEX knowledge_item_shared ON knowledge_item (kind, shared, at, id);
CREATE INDEX knowledge_item_author ON knowledge_item (author, id);
CREATE INDEX knowledge_item_merged ON knowledge_item (merged_into, id);
CREATE INDEX knowledge_item_grp ON knowledge_item (grp, id);
CREATE TABLE knowledge_item_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What a strong point or an obstacle is found by: its levers, and the stems of
-- its words, with the instant it was said, in the order of the lists.
CREATE TABLE knowledge_lever (
    lever TEXT NOT NULL,
    item  TEXT NOT NULL,
    PRIMARY KEY (lever, item)
);
CREATE INDEX knowledge_lever_item ON knowledge_lever (item, lever);
CREATE TABLE knowledge_word (
    word TEXT   NOT NULL,
    at   BIGINT NOT NULL,
    item TEXT   NOT NULL,
    PRIMARY KEY (word, at, item)
);
CREATE INDEX knowledge_word_item ON knowledge_word (item, word);

-- Which region took up which good practice.
CREATE TABLE practice_uptake (
    id     TEXT    NOT NULL PRIMARY KEY,
    rev    BIGINT  NOT NULL,
    item   TEXT    NOT NULL,
    region TEXT    NOT NULL,
    active BOOLEAN NOT NULL,
    note   TEXT    NOT NULL,
    at     BIGINT  NOT NULL,
    UNIQUE (item, region)
);
CREATE TABLE practice_uptake_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What regions escalated, as the nation sees it: one line for alike obstacles.
-- regions, raisers and weight are counted again at each change of what it holds.
CREATE TABLE obstacle_group (
    id       TEXT   NOT NULL PRIMARY KEY,
    rev      BIGINT NOT NULL,
    title    TEXT   NOT NULL,
    text     TEXT   NOT NULL,
    nature   TEXT   NOT NULL,
    level    TEXT   NOT NULL,
    lever    TEXT   NOT NULL,
    status   TEXT   NOT NULL,
    answer   TEXT   NOT NULL,
    day      TEXT   NOT NULL,
    regions  BIGINT NOT NULL,
    raisers  BIGINT NOT NULL,
    weight   BIGINT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX obstacle_group_weight ON obstacle_group (weight, id);
CREATE TABLE obstacle_group_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Notes of expertise: asked for by a team, written by an expert, published by
-- the team. published is the revision that everybody reads, 0 for none.
CREATE TABLE note (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    region     TEXT   NOT NULL,
    department TEXT   NOT NULL,
    org        TEXT   NOT NULL,
    author     TEXT   NOT NULL,
    asked_by   TEXT   NOT NULL,
    asked_of   TEXT   NOT NULL,
    due        TEXT   NOT NULL,
    territory  TEXT   NOT NULL,
    lever      TEXT   NOT NULL,
    theme      TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    signature  TEXT   NOT NULL,
    findings   TEXT   NOT NULL,
    sources    TEXT   NOT NULL,
    limits     TEXT   NOT NULL,
    series     TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    said       TEXT   NOT NULL,
    published  BIGINT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX note_region ON note (region, at, id);
CREATE TABLE note_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);
CREATE TABLE note_file (
    note      TEXT   NOT NULL,
    n         BIGINT NOT NULL,
    sha256    TEXT   NOT NULL,
    file_name TEXT   NOT NULL,
    size      BIGINT NOT NULL,
    type      TEXT   NOT NULL,
    by        TEXT   NOT NULL,
    rev       BIGINT NOT NULL,
    PRIMARY KEY (note, n)
);

-- +goose Down
DROP TABLE note_file; DROP TABLE note_version; DROP TABLE note; DROP TABLE obstacle_group_version; DROP TABLE obstacle_group;
DROP TABLE practice_uptake_version; DROP TABLE practice_uptake; DROP TABLE knowledge_word; DROP TABLE knowledge_lever;
DROP TABLE knowledge_item_version; DROP TABLE knowledge_item;
