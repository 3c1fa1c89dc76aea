-- +goose Up

-- What a COP leaves to the next one: subjects, and how this one is followed. part:
-- public, internal. state: kept, withdrawn.
CREATE TABLE roadmap_subject (
    id     TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    cop_id TEXT   NOT NULL,
    title  TEXT   NOT NULL,
    text   TEXT   NOT NULL,
    part   TEXT   NOT NULL,
    state  TEXT   NOT NULL
);
CREATE INDEX roadmap_subject_cop ON roadmap_subject (cop_id, id);
CREATE TABLE roadmap_subject_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);
-- who follows, by which indicators, how often (every), and when next (a day).
CREATE TABLE roadmap_arrangement (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    who        TEXT   NOT NULL,
    indicators TEXT   NOT NULL,
    every      TEXT   NOT NULL,
    next_on    TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    part       TEXT   NOT NULL,
    state      TEXT   NOT NULL
);
CREATE INDEX roadmap_arrangement_cop ON roadmap_arrangement (cop_id, next_on, id);
CREATE TABLE roadmap_arrangement_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- A COP that both heads close: body holds the four points as they stood that day, and
-- the reason of each that lacks (JSON; sha256 is that of its bytes). state: proposed,
-- closed, withdrawn.
CREATE TABLE roadmap_close (
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
-- A COP waits for one close at most, and is closed once.
CREATE UNIQUE INDEX roadmap_close_one ON roadmap_close (cop_id) WHERE state <> 'withdrawn';

-- What proves an adoption besides the record of it: a signed PDF, a letter. side: who it
-- comes from (state, region, both). state: kept, withdrawn (reason says why).
CREATE TABLE roadmap_evidence (
    id         TEXT   NOT NULL PRIMARY KEY,
    cop_id     TEXT   NOT NULL,
    edition_id TEXT   NOT NULL,
    side       TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    file_name  TEXT   NOT NULL,
    type       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    sha256     TEXT   NOT NULL REFERENCES blob (sha256),
    by         TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    UNIQUE (edition_id, sha256)
);

-- What an organisation validates of an adopted roadmap: its own part in an action, once
-- an edition. action_rev and sha256 are those it read.
CREATE TABLE roadmap_commitment (
    id         TEXT   NOT NULL PRIMARY KEY,
    cop_id     TEXT   NOT NULL,
    edition_id TEXT   NOT NULL,
    action_id  TEXT   NOT NULL,
    action_rev BIGINT NOT NULL,
    action     TEXT   NOT NULL, -- its title, as read
    org        TEXT   NOT NULL,
    org_name   TEXT   NOT NULL,
    role       TEXT   NOT NULL, -- holder, co_holder, partner
    sha256     TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    by         TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (edition_id, action_id, org)
);
CREATE INDEX roadmap_commitment_org ON roadmap_commitment (org, at, id);

-- +goose Down
DROP TABLE roadmap_commitment; DROP TABLE roadmap_evidence; DROP TABLE roadmap_close; DROP TABLE roadmap_arrangement_version; DROP TABLE roadmap_arrangement; DROP TABLE roadmap_subject_version; DROP TABLE roadmap_subject;
