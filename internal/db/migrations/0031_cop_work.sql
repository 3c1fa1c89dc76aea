-- +goose Up

-- What a cycle gives its COPs to start from, and the copy that a COP adapted.
CREATE TABLE cycle_template (
    id   TEXT   NOT NULL PRIMARY KEY,
    rev  BIGINT NOT NULL,
    body TEXT   NOT NULL
);
CREATE TABLE cycle_template_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);
CREATE TABLE cop_template (
    id   TEXT   NOT NULL PRIMARY KEY,
    rev  BIGINT NOT NULL,
    body TEXT   NOT NULL
);
CREATE TABLE cop_template_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Who heads a side of a COP, between which days: an empty to_day is «today».
CREATE TABLE office (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    cop_id       TEXT   NOT NULL,
    side         TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    from_day     TEXT   NOT NULL,
    to_day       TEXT   NOT NULL
);
CREATE INDEX office_cop ON office (cop_id, side, from_day, id);
CREATE TABLE office_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Files of a COP; the bytes are in blob, an older file stays in the versions.
CREATE TABLE cop_document (
    id        TEXT   NOT NULL PRIMARY KEY,
    rev       BIGINT NOT NULL,
    cop_id    TEXT   NOT NULL,
    title     TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    stage     TEXT   NOT NULL,
    day       TEXT   NOT NULL,
    part      TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    sha256    TEXT   NOT NULL REFERENCES blob (sha256),
    file_name TEXT   NOT NULL,
    size      BIGINT NOT NULL,
    type      TEXT   NOT NULL
);
CREATE INDEX cop_document_cop ON cop_document (cop_id, day, id);
CREATE INDEX cop_document_file ON cop_document (sha256);
-- sha256 stands beside the body so that a file of an older version is never
-- taken for one that nothing uses.
CREATE TABLE cop_document_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    sha256 TEXT   NOT NULL REFERENCES blob (sha256),
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);
CREATE INDEX cop_document_version_file ON cop_document_version (sha256);

-- What a département proposes to its region, and what the region answers.
CREATE TABLE priority (
    id          TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    cop_id      TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    theme       TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    merged_into TEXT   NOT NULL
);
CREATE INDEX priority_cop ON priority (cop_id, id);
CREATE TABLE priority_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What a team ticked on its checklist, and unticked: the last row of an item
-- stands.
CREATE TABLE cop_check (
    id     TEXT    NOT NULL PRIMARY KEY,
    cop_id TEXT    NOT NULL,
    item   TEXT    NOT NULL,
    done   BOOLEAN NOT NULL,
    note   TEXT    NOT NULL,
    by     TEXT    NOT NULL,
    at     BIGINT  NOT NULL
);
CREATE INDEX cop_check_cop ON cop_check (cop_id, item, id);

-- When a person last opened the desk of a COP.
CREATE TABLE cop_visit (
    person TEXT   NOT NULL,
    cop_id TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (person, cop_id)
);

-- The private calendar of a person: its address holds a secret, of which only
-- the digest is kept.
CREATE TABLE calendar_feed (
    id       TEXT   NOT NULL PRIMARY KEY,
    hash     TEXT   NOT NULL UNIQUE,
    person   TEXT   NOT NULL,
    cop_id   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    ended_at BIGINT NULL
);
CREATE INDEX calendar_feed_person ON calendar_feed (person, cop_id);

-- +goose Down
DROP TABLE calendar_feed; DROP TABLE cop_visit; DROP TABLE cop_check; DROP TABLE priority_version; DROP TABLE priority; DROP TABLE cop_document_version;
DROP TABLE cop_document; DROP TABLE office_version; DROP TABLE office; DROP TABLE cop_template_version; DROP TABLE cop_template;
DROP TABLE cycle_template_version; DROP TABLE cycle_template;
