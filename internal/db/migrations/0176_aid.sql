-- +goose Up

-- The catalogue of aids. body is what its source says of an aid, texts its long texts,
-- ours what people of Jalon add: levers and steps, the edition before, the generic aid. An
-- import replaces body and texts and never ours. owner is the code of a region for its own
-- aids, empty for the nation's. origin names an aid at its source, NULL for one written
-- here. state: published, closed, withdrawn. Days are text, empty when missing. run is the
-- import that wrote it last.
CREATE TABLE aid (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        BIGINT  NOT NULL,
    owner      TEXT    NOT NULL,
    origin     TEXT    NULL UNIQUE,
    state      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    sort       TEXT    NOT NULL,
    checked    TEXT    NOT NULL,
    broken     BOOLEAN NOT NULL,
    tried      TEXT    NOT NULL,
    digest     TEXT    NOT NULL,
    run        TEXT    NOT NULL,
    changed    BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    texts      TEXT    NOT NULL,
    ours       TEXT    NOT NULL
);
CREATE INDEX aid_run ON aid (run);
CREATE INDEX aid_tried ON aid (tried, id);
CREATE TABLE aid_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    texts  TEXT   NOT NULL,
    ours   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What an import brings, unseen until it is applied.
CREATE TABLE aid_incoming (
    run    TEXT NOT NULL,
    origin TEXT NOT NULL,
    id     TEXT NOT NULL,
    name   TEXT NOT NULL,
    sort   TEXT NOT NULL,
    digest TEXT NOT NULL,
    body   TEXT NOT NULL,
    texts  TEXT NOT NULL,
    PRIMARY KEY (run, origin)
);

-- What readers say is wrong in an aid, for the nation to judge.
CREATE TABLE aid_report (
    id       TEXT   NOT NULL PRIMARY KEY,
    rev      BIGINT NOT NULL,
    aid_id   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    by       TEXT   NOT NULL,
    ip       TEXT   NOT NULL,
    text     TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    answer   TEXT   NOT NULL
);
CREATE INDEX aid_report_state ON aid_report (state, id);
CREATE INDEX aid_report_ip ON aid_report (ip, at);

-- What nobody helps yet. obstacle is the item of what is known that it was sent up with.
CREATE TABLE need (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    region     TEXT   NOT NULL,
    department TEXT   NOT NULL,
    org        TEXT   NOT NULL,
    author     TEXT   NOT NULL,
    territory  TEXT   NOT NULL,
    lever      TEXT   NOT NULL,
    step       TEXT   NOT NULL,
    action_id  TEXT   NOT NULL,
    audience   TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    answer     TEXT   NOT NULL,
    obstacle   TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX need_cop ON need (cop_id, state, lever);
CREATE INDEX need_lever ON need (lever, state);
CREATE INDEX need_action ON need (action_id);
CREATE TABLE need_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Searches that somebody follows by mail. told is up to when they were told what is new, 0
-- before the first time. state: waiting for its address to be confirmed, on, ended.
CREATE TABLE aid_alert (
    id      TEXT   NOT NULL PRIMARY KEY,
    email   TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    query   TEXT   NOT NULL,
    rhythm  TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    ip      TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    told    BIGINT NOT NULL,
    UNIQUE (email, query)
);
CREATE INDEX aid_alert_due ON aid_alert (state, told, id);
CREATE INDEX aid_alert_ip ON aid_alert (ip, at);
CREATE INDEX aid_alert_person ON aid_alert (person);

-- +goose Down
DROP TABLE aid_alert; DROP TABLE need_version; DROP TABLE need; DROP TABLE aid_report; DROP TABLE aid_incoming; DROP TABLE aid_version; DROP TABLE aid;
