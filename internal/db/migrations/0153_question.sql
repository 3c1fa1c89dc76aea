-- +goose Up

-- A debate on a question. num names it in rows that are many. state: draft, open,
-- closed. proposals: nobody, account, anyone. Days are those of the COP's time zone.
CREATE TABLE debate_question (
    id             TEXT    NOT NULL PRIMARY KEY,
    rev            BIGINT  NOT NULL,
    num            BIGINT  NOT NULL UNIQUE,
    cop_id         TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    question       TEXT    NOT NULL,
    text           TEXT    NOT NULL,
    opens_on       TEXT    NOT NULL,
    closes_on      TEXT    NOT NULL,
    theme          TEXT    NOT NULL,
    levers         TEXT    NOT NULL,
    group_id       TEXT    NOT NULL,
    proposals      TEXT    NOT NULL,
    asks_territory BOOLEAN NOT NULL,
    asks_college   BOOLEAN NOT NULL,
    conclusion     TEXT    NOT NULL,
    statements     BIGINT  NOT NULL,
    created_at     BIGINT  NOT NULL,
    opened_at      BIGINT  NOT NULL,
    closed_at      BIGINT  NOT NULL
);
CREATE INDEX debate_question_cop ON debate_question (cop_id, created_at, id);
CREATE TABLE debate_question_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What a statement (a post) is in its debate: n numbers it from 1, in votes.
CREATE TABLE debate_statement (
    post_id TEXT    NOT NULL PRIMARY KEY,
    debate  BIGINT  NOT NULL,
    n       BIGINT  NOT NULL,
    seeded  BOOLEAN NOT NULL,
    UNIQUE (debate, n)
);

-- What each vote touches of its debate, narrow because it is written often: between
-- from_at and until_at votes are taken (both 0 before it opens); ticks counts votes
-- received, changed ones too; voters numbers those who voted; due tells that a
-- computation waits in the queue.
CREATE TABLE debate_pulse (
    debate   BIGINT NOT NULL PRIMARY KEY,
    from_at  BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    ticks    BIGINT NOT NULL,
    voters   BIGINT NOT NULL,
    due      BIGINT NOT NULL
);

-- Who votes: a browser, an account or a confirmed address. seat numbers them in the
-- debate. College and territory (department:67) only when they said them.
CREATE TABLE debate_voter (
    debate    BIGINT NOT NULL,
    voter     BIGINT NOT NULL,
    seat      BIGINT NOT NULL,
    account   TEXT   NOT NULL,
    voice_id  TEXT   NOT NULL,
    college   TEXT   NOT NULL,
    territory TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (debate, voter)
);
CREATE UNIQUE INDEX debate_voter_account ON debate_voter (debate, account) WHERE account <> '';
CREATE INDEX debate_voter_owner ON debate_voter (account) WHERE account <> '';
CREATE UNIQUE INDEX debate_voter_voice ON debate_voter (debate, voice_id) WHERE voice_id <> '';

-- value: 1 agrees, -1 disagrees, 0 passes. The last answer of a voter to a statement
-- is the one that is kept.
CREATE TABLE debate_vote (
    debate    BIGINT NOT NULL,
    voter     BIGINT NOT NULL,
    statement BIGINT NOT NULL,
    value     BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (debate, voter, statement)
);

-- The last computation of a debate that succeeded: its figures, what keeps groups
-- stable from one to the next, the matrix that it was made from. failed_at tells that
-- a later one did not succeed.
CREATE TABLE debate_result (
    debate    BIGINT NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    ticks     BIGINT NOT NULL,
    votes     BIGINT NOT NULL,
    people    BIGINT NOT NULL,
    took      BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    matrix    BYTEA  NOT NULL
);

-- +goose Down
DROP TABLE debate_result; DROP TABLE debate_vote; DROP TABLE debate_voter; DROP TABLE debate_pulse; DROP TABLE debate_statement; DROP TABLE debate_question_version; DROP TABLE debate_question;
