-- +goose Up

-- A lever whose ambition is put in debate by the team of a COP, between two days.
-- state: open, withdrawn.
CREATE TABLE ambition_debate (
    id        TEXT   NOT NULL PRIMARY KEY,
    rev       BIGINT NOT NULL,
    cop_id    TEXT   NOT NULL,
    region    TEXT   NOT NULL,
    lever     TEXT   NOT NULL,
    text      TEXT   NOT NULL,
    opens_on  TEXT   NOT NULL,
    closes_on TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    UNIQUE (cop_id, lever)
);
CREATE TABLE ambition_debate_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What a party said that it holds reachable. Answers are never changed: another one
-- takes the place of the last. state: unconfirmed, counted, replaced, withdrawn. party
-- is the organisation that speaks, empty for a person; org is its id when the account is
-- a member of it: only then is it named to anyone. high is that of a range, the same
-- as low for a number. college is what the voice said of itself then.
CREATE TABLE ambition_answer (
    id         TEXT   NOT NULL PRIMARY KEY,
    cop_id     TEXT   NOT NULL,
    debate_id  TEXT   NOT NULL,
    voice_id   TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    party      TEXT   NOT NULL,
    org        TEXT   NOT NULL,
    college    TEXT   NOT NULL,
    measure    TEXT   NOT NULL,
    typed_low  TEXT   NOT NULL,
    typed_high TEXT   NOT NULL,
    low_kg     BIGINT,
    high_kg    BIGINT,
    low_level  DOUBLE PRECISION,
    high_level DOUBLE PRECISION,
    unit       TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE UNIQUE INDEX ambition_answer_one ON ambition_answer (debate_id, voice_id) WHERE state = 'counted';
CREATE INDEX ambition_answer_voice ON ambition_answer (voice_id, debate_id, at);

-- The conditions that an answer makes: posts of the debate, its own or those of others.
CREATE TABLE ambition_condition (
    answer_id TEXT NOT NULL,
    post_id   TEXT NOT NULL,
    cop_id    TEXT NOT NULL,
    PRIMARY KEY (answer_id, post_id)
);
CREATE INDEX ambition_condition_post ON ambition_condition (post_id, answer_id);

-- +goose Down
DROP TABLE ambition_condition; DROP TABLE ambition_answer; DROP TABLE ambition_debate_version; DROP TABLE ambition_debate;
