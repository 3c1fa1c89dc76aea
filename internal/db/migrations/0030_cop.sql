-- +goose Up

-- A season of COPs, with its referential and the template that regions adapt.
CREATE TABLE cycle (
    code      TEXT   NOT NULL PRIMARY KEY,
    rev       BIGINT NOT NULL,
    name      TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    framework TEXT   NOT NULL,
    axes      TEXT   NOT NULL,
    source    TEXT   NOT NULL,
    state     TEXT   NOT NULL
);
CREATE TABLE cycle_version (
    code   TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (code, rev)
);

-- A COP is a territory in a cycle: a region, or a département under its
-- region's. lead says whether a département's council leads beside the préfet.
CREATE TABLE cop (
    id           TEXT    NOT NULL PRIMARY KEY,
    rev          BIGINT  NOT NULL,
    cycle        TEXT    NOT NULL,
    territory    TEXT    NOT NULL,
    region       TEXT    NOT NULL,
    parent       TEXT    NULL,
    slug         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    presentation TEXT    NOT NULL,
    contact      TEXT    NOT NULL,
    zone         TEXT    NOT NULL,
    patience     BIGINT  NOT NULL,
    two_heads    BOOLEAN NOT NULL,
    UNIQUE (cycle, territory)
);
CREATE INDEX cop_region ON cop (region, id);
CREATE TABLE cop_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What happened to a stage, and when: only ever added. known_on is the day from
-- which it is known, so that the board can be read as of any date.
CREATE TABLE cop_event (
    id         TEXT    NOT NULL PRIMARY KEY,
    cop_id     TEXT    NOT NULL,
    stage      TEXT    NOT NULL,
    mark       TEXT    NOT NULL,
    day        TEXT    NOT NULL,
    precision_ TEXT    NOT NULL,
    known_on   TEXT    NOT NULL,
    elsewhere  BOOLEAN NOT NULL,
    evidence   TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    act        TEXT    NULL,
    state      TEXT    NOT NULL,
    supersedes TEXT    NULL,
    by         TEXT    NOT NULL,
    at         BIGINT  NOT NULL
);
CREATE INDEX cop_event_cop ON cop_event (cop_id, day, id);
CREATE INDEX cop_event_act ON cop_event (act);

-- What commits a COP needs its two heads: the act, and each side's consent.
CREATE TABLE act (
    id          TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    cop_id      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    sha256      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposed_by TEXT   NOT NULL,
    side        TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    ended_at    BIGINT NULL,
    reason      TEXT   NOT NULL
);
CREATE INDEX act_cop ON act (cop_id, id);
CREATE TABLE act_consent (
    act        TEXT   NOT NULL,
    side       TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    delegation TEXT   NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (act, side)
);

-- A head lets somebody act: for one act, a kind of act, or all, between two days.
CREATE TABLE delegation (
    id        TEXT   NOT NULL PRIMARY KEY,
    cop_id    TEXT   NOT NULL,
    side      TEXT   NOT NULL,
    giver     TEXT   NOT NULL,
    person    TEXT   NOT NULL,
    reach     TEXT   NOT NULL,
    target    TEXT   NOT NULL,
    from_day  TEXT   NOT NULL,
    to_day    TEXT   NOT NULL,
    decision  TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    ended_at  BIGINT NULL
);
CREATE INDEX delegation_cop ON delegation (cop_id, id);

CREATE TABLE meeting (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        BIGINT  NOT NULL,
    cop_id     TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    stage      TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    day        TEXT    NOT NULL,
    start_at   TEXT    NOT NULL,
    end_at     TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    part       TEXT    NOT NULL,
    attendance BIGINT  NULL,
    counted    BOOLEAN NOT NULL,
    note       TEXT    NOT NULL,
    state      TEXT    NOT NULL
);
CREATE INDEX meeting_cop ON meeting (cop_id, day, id);
CREATE TABLE meeting_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

CREATE TABLE news (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    cop_id       TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    part         TEXT   NOT NULL,
    published_at BIGINT NULL
);
CREATE INDEX news_cop ON news (cop_id, id);
CREATE TABLE news_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- +goose Down
DROP TABLE news_version; DROP TABLE news; DROP TABLE meeting_version; DROP TABLE meeting; DROP TABLE delegation; DROP TABLE act_consent;
DROP TABLE act; DROP TABLE cop_event; DROP TABLE cop_version; DROP TABLE cop; DROP TABLE cycle_version; DROP TABLE cycle;
