-- +goose Up

-- What a COP chose for its follow-up: after how many days an update is no longer fresh,
-- the rules of its alerts, whether the digest is sent. The body is followup.Rules as
-- JSON; without a row, what Jalon proposes.
CREATE TABLE followup_rule (
    cop_id TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    body   TEXT   NOT NULL
);
CREATE TABLE followup_rule_version (
    cop_id TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (cop_id, rev)
);

-- What a written rule raised about an action or a lever. live is «rule:kind:subject»
-- while its cause lasts, NULL once it is gone: one at a time is raised. state: raised,
-- taken, explained, wrong, closed. answer is the word of who answered, kept after.
CREATE TABLE followup_alert (
    id          TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    cop_id      TEXT   NOT NULL,
    region      TEXT   NOT NULL,
    rule        TEXT   NOT NULL,
    kind        TEXT   NOT NULL, -- action, lever
    subject     TEXT   NOT NULL,
    live        TEXT   NULL UNIQUE,
    state       TEXT   NOT NULL,
    said        TEXT   NOT NULL, -- the sentence, with its numbers
    answer      TEXT   NOT NULL,
    by          TEXT   NOT NULL,
    raised_at   BIGINT NOT NULL,
    answered_at BIGINT NULL,
    closed_at   BIGINT NULL,
    told_at     BIGINT NULL
);
CREATE INDEX followup_alert_cop ON followup_alert (cop_id, state, raised_at, id);

CREATE TABLE followup_alert_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- The files that show what an update says: its team and its holder open them.
CREATE TABLE followup_file (
    action_id TEXT   NOT NULL,
    sha256    TEXT   NOT NULL REFERENCES blob (sha256),
    cop_id    TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (action_id, sha256)
);
CREATE INDEX followup_file_sha256 ON followup_file (sha256);

-- +goose Down
DROP TABLE followup_file; DROP TABLE followup_alert_version;
DROP TABLE followup_alert; DROP TABLE followup_rule_version; DROP TABLE followup_rule;
