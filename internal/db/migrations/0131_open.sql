-- +goose Up

-- Free texts of validated answers, as the last version gives them, and what the
-- team made of each: state is unread until somebody read it, then publishable,
-- withheld or personal. A correction that changes the words is read again.
CREATE TABLE survey_text (
    id          TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    campaign_id TEXT   NOT NULL,
    response_id TEXT   NOT NULL,
    question    TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    section     TEXT   NOT NULL,
    lever       TEXT   NOT NULL,
    theme       TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    UNIQUE (response_id, question)
);
CREATE INDEX survey_text_campaign ON survey_text (campaign_id, id);
CREATE TABLE survey_text_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Open data: numbered editions of a campaign, never changed. doc holds the groups
-- and the list of files, which lie in blob. open_member says which version of
-- which answer each group was counted from: never published, it is what the next
-- edition is held against.
CREATE TABLE open_edition (
    id          TEXT   NOT NULL PRIMARY KEY,
    campaign_id TEXT   NOT NULL,
    cop_id      TEXT   NOT NULL,
    region      TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    day         TEXT   NOT NULL,
    doc         TEXT   NOT NULL,
    sha256      TEXT   NOT NULL,
    by          TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    UNIQUE (campaign_id, seq)
);
CREATE TABLE open_file (
    edition_id TEXT   NOT NULL,
    path       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    sha256     TEXT   NOT NULL REFERENCES blob (sha256),
    PRIMARY KEY (edition_id, path)
);
CREATE INDEX open_file_sha256 ON open_file (sha256);
CREATE TABLE open_member (
    edition_id  TEXT   NOT NULL,
    grp         TEXT   NOT NULL,
    response_id TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    PRIMARY KEY (edition_id, grp, response_id)
);

-- The written consent of a région or a département to be published by itself:
-- which document says so, of which day. state: given, withdrawn.
CREATE TABLE open_consent (
    response_id TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    document    TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    at          BIGINT NOT NULL
);
CREATE TABLE open_consent_version (
    response_id TEXT   NOT NULL,
    rev         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    by          TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    PRIMARY KEY (response_id, rev)
);

-- +goose Down
DROP TABLE open_consent_version; DROP TABLE open_consent; DROP TABLE open_member; DROP TABLE open_file; DROP TABLE open_edition;
DROP TABLE survey_text_version; DROP TABLE survey_text;
