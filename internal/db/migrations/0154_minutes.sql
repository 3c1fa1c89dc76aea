-- +goose Up

-- What a meeting says. minutes is its root: every change to its agenda, its texts and
-- its decisions moves its revision, and none goes through once it is approved.
-- state: draft, proposed, approved.
CREATE TABLE minutes (
    id          TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    cop_id      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposed_by TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    reason      TEXT   NOT NULL
);

-- Each approval, with the document that it froze.
CREATE TABLE minutes_edition (
    meeting_id     TEXT   NOT NULL,
    seq            BIGINT NOT NULL,
    cop_id         TEXT   NOT NULL,
    publication_id TEXT   NOT NULL,
    sha256         TEXT   NOT NULL,
    by             TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    reason         TEXT   NOT NULL,
    act            TEXT   NOT NULL,
    PRIMARY KEY (meeting_id, seq)
);

-- Points of the agenda, in their order; planned is in minutes of time.
CREATE TABLE minutes_item (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    meeting_id TEXT   NOT NULL,
    place      BIGINT NOT NULL,
    title      TEXT   NOT NULL,
    planned    BIGINT NOT NULL,
    presenter  TEXT   NOT NULL,
    state      TEXT   NOT NULL
);
CREATE INDEX minutes_item_meeting ON minutes_item (meeting_id, place, id);

-- One text for each point of the agenda, and for the opening and the end: each has its
-- own revision, so that several people write at once.
CREATE TABLE minutes_section (
    meeting_id TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    by         TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (meeting_id, key)
);

-- A decision is one sentence. kind: decision, orientation, demande, accord, desaccord;
-- reached: consensus, vote, heads; state: taken, applied, dropped.
CREATE TABLE decision (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    meeting_id TEXT   NOT NULL,
    item_id    TEXT   NOT NULL,
    sentence   TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    reached    TEXT   NOT NULL,
    ballot_id  TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    reason     TEXT   NOT NULL
);
CREATE INDEX decision_meeting ON decision (meeting_id, id);
CREATE INDEX decision_cop ON decision (cop_id, id);

-- What somebody has to do after a meeting: an account, or a name as it was said.
-- state: open, done, dropped.
CREATE TABLE meeting_task (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    meeting_id TEXT   NOT NULL,
    what       TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    holder     TEXT   NOT NULL,
    org        TEXT   NOT NULL,
    due        TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    ended_on   TEXT   NOT NULL,
    reason     TEXT   NOT NULL
);
CREATE INDEX meeting_task_meeting ON meeting_task (meeting_id, due, id);
CREATE INDEX meeting_task_due ON meeting_task (state, due, id);
CREATE INDEX meeting_task_cop ON meeting_task (cop_id, state, due, id);

-- Files handed out at a meeting. state: kept, withdrawn.
CREATE TABLE meeting_file (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    meeting_id TEXT   NOT NULL,
    item_id    TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    part       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    sha256     TEXT   NOT NULL,
    file_name  TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    type       TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX meeting_file_meeting ON meeting_file (meeting_id, id);

-- Every version of the above: kind is minutes, item, section, decision, task, file.
CREATE TABLE minutes_version (
    kind   TEXT   NOT NULL,
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (kind, id, rev)
);

-- +goose Down
DROP TABLE minutes_version; DROP TABLE meeting_file; DROP TABLE meeting_task; DROP TABLE decision; DROP TABLE minutes_section; DROP TABLE minutes_item; DROP TABLE minutes_edition; DROP TABLE minutes;
