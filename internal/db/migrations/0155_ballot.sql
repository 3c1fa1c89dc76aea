-- +goose Up

-- A question put to a room. code is what phones type. kind: single, multiple, scale.
-- state: draft, open, closed, void. voices is the number of rows of ballot_vote, tick
-- moves with each of them: the screen of the room asks for nothing else. hands are
-- numbers of raised hands, kept apart, NULL when nobody counted any. present is how many
-- were there when it closed, NULL when nobody knew.
CREATE TABLE ballot (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        BIGINT  NOT NULL,
    cop_id     TEXT    NOT NULL,
    meeting_id TEXT    NOT NULL,
    item_id    TEXT    NOT NULL,
    code       TEXT    NOT NULL UNIQUE,
    question   TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    options    TEXT    NOT NULL,
    most       BIGINT  NOT NULL,
    slips      BOOLEAN NOT NULL,
    colleges   BOOLEAN NOT NULL,
    state      TEXT    NOT NULL,
    shown      BOOLEAN NOT NULL,
    hands      TEXT,
    reason     TEXT    NOT NULL,
    present    BIGINT,
    voices     BIGINT  NOT NULL,
    tick       BIGINT  NOT NULL,
    refused    BIGINT  NOT NULL,
    at         BIGINT  NOT NULL,
    opened_at  BIGINT  NOT NULL,
    closed_at  BIGINT  NOT NULL
);
CREATE INDEX ballot_meeting ON ballot (meeting_id, id);
CREATE TABLE ballot_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- One voice for each device, or each slip: voter is a digest of it and of the ballot, so
-- that nobody is followed from one question to the next. machine, a digest too, is
-- emptied when the ballot closes.
CREATE TABLE ballot_vote (
    ballot_id TEXT   NOT NULL,
    voter     TEXT   NOT NULL,
    choices   TEXT   NOT NULL,
    college   TEXT   NOT NULL,
    machine   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (ballot_id, voter)
);
CREATE INDEX ballot_vote_machine ON ballot_vote (ballot_id, machine);

-- Slips handed out in the room, each good for one voice.
CREATE TABLE ballot_slip (
    ballot_id TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    used_at   BIGINT,
    PRIMARY KEY (ballot_id, hash)
);

-- +goose Down
DROP TABLE ballot_slip; DROP TABLE ballot_vote; DROP TABLE ballot_version; DROP TABLE ballot;
