-- +goose Up

-- What becomes of a contribution, one row for each that was published: state is
-- unassigned, studied (a group or a person has it), advised (they said what they make of
-- it), answered (the verdict is published), merged, split. verdict is retained, partly,
-- not-retained, out-of-scope, empty before. published_at is that of the post; took how long the first
-- answer took (ms), answered_at when the last one was given, 0 before.
CREATE TABLE contribution_instruction (
    post_id      TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    cop_id       TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    group_id     TEXT   NOT NULL,
    assignee     TEXT   NOT NULL,
    due          TEXT   NOT NULL,
    verdict      TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    department   TEXT   NOT NULL,
    published_at BIGINT NOT NULL,
    answered_at  BIGINT NOT NULL,
    took         BIGINT NOT NULL
);
CREATE INDEX contribution_instruction_state ON contribution_instruction (cop_id, state, published_at, post_id);
CREATE INDEX contribution_instruction_verdict ON contribution_instruction (cop_id, verdict, published_at, post_id);
CREATE INDEX contribution_instruction_order ON contribution_instruction (cop_id, published_at, post_id, state);
CREATE INDEX contribution_instruction_group ON contribution_instruction (cop_id, group_id, published_at, post_id);
CREATE INDEX contribution_instruction_assignee ON contribution_instruction (cop_id, assignee, published_at, post_id);
CREATE INDEX contribution_instruction_count ON contribution_instruction (cop_id, state, verdict);
CREATE INDEX contribution_instruction_took ON contribution_instruction (cop_id, state, took);
CREATE TABLE contribution_instruction_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What whoever studied a contribution makes of it: a later one follows, none changes.
CREATE TABLE contribution_opinion (
    id       TEXT   NOT NULL PRIMARY KEY,
    cop_id   TEXT   NOT NULL,
    post_id  TEXT   NOT NULL,
    group_id TEXT   NOT NULL,
    by       TEXT   NOT NULL,
    verdict  TEXT   NOT NULL,
    text     TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX contribution_opinion_post ON contribution_opinion (post_id, at, id);

-- A contribution that is read with another one (kind merge), or several that come from
-- one (kind split). ended_at tells that it was taken back, 0 when it stands.
CREATE TABLE contribution_relation (
    id       TEXT   NOT NULL PRIMARY KEY,
    cop_id   TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    from_id  TEXT   NOT NULL,
    into_id  TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    by       TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contribution_relation_merge ON contribution_relation (from_id) WHERE kind = 'merge' AND ended_at = 0;
CREATE INDEX contribution_relation_from ON contribution_relation (from_id, at, id);
CREATE INDEX contribution_relation_cop ON contribution_relation (cop_id, kind, ended_at);
CREATE INDEX contribution_relation_into ON contribution_relation (into_id, at, id);

-- The supports that a contribution has from one that is read with it: those that go
-- back when it is read alone again.
CREATE TABLE contribution_united (
    relation_id TEXT NOT NULL,
    voice_id    TEXT NOT NULL,
    PRIMARY KEY (relation_id, voice_id)
);

-- What happened to a contribution, as anyone reads it on its page.
CREATE TABLE contribution_step (
    id      TEXT   NOT NULL PRIMARY KEY,
    cop_id  TEXT   NOT NULL,
    post_id TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    path    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    UNIQUE (post_id, kind, subject)
);
CREATE INDEX contribution_step_post ON contribution_step (post_id, at, id);

-- +goose Down
DROP TABLE contribution_step; DROP TABLE contribution_united; DROP TABLE contribution_relation; DROP TABLE contribution_opinion; DROP TABLE contribution_instruction_version; DROP TABLE contribution_instruction;
