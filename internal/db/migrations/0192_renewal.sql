-- +goose Up

-- How a COP begins from an earlier one of the same territory: id is that of the new COP,
-- which has one. state: draft, applied. body holds what its team chose (renewal.Choices,
-- JSON); what was carried is in renewal_item.
CREATE TABLE renewal (
    id       TEXT   NOT NULL PRIMARY KEY,
    rev      BIGINT NOT NULL,
    cop_id   TEXT   NOT NULL,
    from_cop TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    body     TEXT   NOT NULL
);
CREATE INDEX renewal_from ON renewal (from_cop, id);
CREATE TABLE renewal_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What was carried over, once each. kind: action, obstacle, objective, subject, contact.
-- source names the thing in the earlier COP, made what it became (an action), empty when
-- it is taken up as it is. note says what changed on the way.
CREATE TABLE renewal_item (
    cop_id TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    source TEXT   NOT NULL,
    made   TEXT   NOT NULL,
    title  TEXT   NOT NULL,
    note   TEXT   NOT NULL,
    public BOOLEAN NOT NULL,
    by     TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (cop_id, kind, source)
);
CREATE INDEX renewal_item_source ON renewal_item (source, kind);
CREATE INDEX renewal_item_made ON renewal_item (made);

-- Crosswalks that the nation sent, checked when they came; the one in force adds to
-- those of the program. state: draft, current, replaced, withdrawn.
CREATE TABLE renewal_crosswalk (
    id        TEXT   NOT NULL PRIMARY KEY,
    rev       BIGINT NOT NULL,
    state     TEXT   NOT NULL,
    file_name TEXT   NOT NULL,
    sha256    TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    by        TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    reason    TEXT   NOT NULL
);
CREATE UNIQUE INDEX renewal_crosswalk_one ON renewal_crosswalk (state) WHERE state = 'current';

-- +goose Down
DROP TABLE renewal_crosswalk; DROP TABLE renewal_item; DROP TABLE renewal_version; DROP TABLE renewal;
