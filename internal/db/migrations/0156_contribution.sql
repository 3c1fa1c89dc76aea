-- +goose Up

-- What a contribution holds besides its post. seq moves each time what readers find of
-- it changes, and changed_at says when: what is read in memory follows them. stems are
-- the words that it is found by, apart by spaces, once it is published. study is where
-- its study stands. orgs are the organisations in whose name it is written, one a line.
-- marks tell moderators what the form noticed.
CREATE TABLE contribution (
    post_id     TEXT   NOT NULL PRIMARY KEY,
    cop_id      TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    stems       TEXT   NOT NULL,
    study       TEXT   NOT NULL,
    merged_into TEXT   NOT NULL,
    orgs        TEXT   NOT NULL,
    marks       TEXT   NOT NULL,
    consent_at  BIGINT NOT NULL
);
CREATE INDEX contribution_changed ON contribution (cop_id, changed_at, post_id, seq);
CREATE INDEX contribution_merged ON contribution (merged_into);
CREATE TABLE contribution_file (
    post_id   TEXT   NOT NULL,
    n         BIGINT NOT NULL,
    sha256    TEXT   NOT NULL REFERENCES blob (sha256),
    file_name TEXT   NOT NULL,
    size      BIGINT NOT NULL,
    type      TEXT   NOT NULL,
    PRIMARY KEY (post_id, n)
);
CREATE INDEX contribution_file_blob ON contribution_file (sha256);

-- Who supports what: one voice, once.
CREATE TABLE debate_support (
    post_id  TEXT   NOT NULL,
    voice_id TEXT   NOT NULL,
    cop_id   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (post_id, voice_id)
);
CREATE INDEX debate_support_voice ON debate_support (voice_id, at, post_id);

-- Comments of contributions, in the order of their ids. reply_to is the comment that
-- one answers, empty for one of the contribution itself.
CREATE TABLE contribution_comment (
    post_id      TEXT NOT NULL PRIMARY KEY,
    cop_id       TEXT NOT NULL,
    contribution TEXT NOT NULL,
    reply_to     TEXT NOT NULL
);
CREATE INDEX contribution_comment_order ON contribution_comment (contribution, reply_to, post_id);

-- What somebody typed and did not send yet: found again by its account, or by the
-- address that the form gave them.
CREATE TABLE contribution_draft (
    id         TEXT   NOT NULL PRIMARY KEY,
    cop_id     TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX contribution_draft_person ON contribution_draft (person, cop_id, at);
CREATE INDEX contribution_draft_old ON contribution_draft (expires_at);

-- +goose Down
DROP TABLE contribution_draft; DROP TABLE contribution_comment; DROP TABLE debate_support; DROP TABLE contribution_file; DROP TABLE contribution;
