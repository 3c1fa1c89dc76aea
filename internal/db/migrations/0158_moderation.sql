-- +goose Up

-- What a COP promises of its moderation: in how many days a text is read, and how many
-- reports hide one until somebody looks. A COP without a row has the defaults.
CREATE TABLE moderation_setting (
    cop_id  TEXT   NOT NULL PRIMARY KEY,
    rev     BIGINT NOT NULL,
    days    BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    by      TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- Every decision on a text, never changed: verb is publish, refuse, hide (by a person or,
-- without one, by reports). rev is the revision that was read, masked how many passages
-- were replaced, waited how long the text had waited (ms), late 1 when that was more than
-- promised that day, month that of the decision where the COP is, appeal the one that it
-- answers.
CREATE TABLE moderation_act (
    id      TEXT   NOT NULL PRIMARY KEY,
    cop_id  TEXT   NOT NULL,
    post_id TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    rev     BIGINT NOT NULL,
    was     TEXT   NOT NULL,
    verb    TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    masked  BIGINT NOT NULL,
    waited  BIGINT NOT NULL,
    late    BIGINT NOT NULL,
    month   TEXT   NOT NULL,
    appeal  TEXT   NOT NULL,
    by      TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX moderation_act_post ON moderation_act (post_id, at, id);
CREATE INDEX moderation_act_cop ON moderation_act (cop_id, at, id);
CREATE INDEX moderation_act_month ON moderation_act (cop_id, was, month, waited);
CREATE INDEX moderation_act_waited ON moderation_act (cop_id, was, waited);

-- What the form that took a text noticed: characters that are not seen, a link.
CREATE TABLE moderation_mark (
    post_id TEXT NOT NULL,
    what    TEXT NOT NULL,
    PRIMARY KEY (post_id, what)
);

-- An appeal against one decision, once: open, upheld (the decision stands), reversed.
CREATE TABLE moderation_appeal (
    id       TEXT   NOT NULL PRIMARY KEY,
    rev      BIGINT NOT NULL,
    cop_id   TEXT   NOT NULL,
    post_id  TEXT   NOT NULL,
    act_id   TEXT   NOT NULL UNIQUE,
    voice_id TEXT   NOT NULL,
    text     TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    by       TEXT   NOT NULL,
    note     TEXT   NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX moderation_appeal_open ON moderation_appeal (cop_id, state, at, id);

-- A report by a reader, one for each of them (reporter: a voice, or a digest of the
-- machine for two days). act_id is the decision that answered it.
CREATE TABLE moderation_report (
    id       TEXT   NOT NULL PRIMARY KEY,
    cop_id   TEXT   NOT NULL,
    post_id  TEXT   NOT NULL,
    reporter TEXT   NOT NULL,
    voice_id TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    note     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    act_id   TEXT   NOT NULL,
    UNIQUE (post_id, reporter)
);
CREATE INDEX moderation_report_open ON moderation_report (cop_id, act_id, at, id);
CREATE INDEX moderation_report_voice ON moderation_report (voice_id);

-- +goose Down
DROP TABLE moderation_report; DROP TABLE moderation_appeal; DROP TABLE moderation_mark; DROP TABLE moderation_act; DROP TABLE moderation_setting;
