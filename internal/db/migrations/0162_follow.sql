-- +goose Up

-- Who follows what in a COP. state: waiting (for the address), on, ended.
CREATE TABLE follow (
    id       TEXT   NOT NULL PRIMARY KEY,
    cop_id   TEXT   NOT NULL,
    voice_id TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (cop_id, kind, subject, voice_id)
);
CREATE INDEX follow_voice ON follow (voice_id, at, id);

-- News for those who follow its subjects, told by chunks: last is the voice that was
-- told last. state: open, done.
CREATE TABLE follow_news (
    id     TEXT   NOT NULL PRIMARY KEY,
    cop_id TEXT   NOT NULL,
    dedup  TEXT   NOT NULL UNIQUE,
    letter TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    state  TEXT   NOT NULL,
    last   TEXT   NOT NULL,
    told   BIGINT NOT NULL
);
CREATE TABLE follow_news_subject (
    news_id TEXT NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (news_id, kind, subject)
);

-- Who asked for the letter of a COP, on what words, and when they confirmed and left:
-- the proof of their consent. state: waiting, on, left.
CREATE TABLE letter_reader (
    id           TEXT   NOT NULL PRIMARY KEY,
    cop_id       TEXT   NOT NULL,
    voice_id     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    wording      TEXT   NOT NULL,
    asked_at     BIGINT NOT NULL,
    confirmed_at BIGINT,
    left_at      BIGINT,
    UNIQUE (cop_id, voice_id)
);
CREATE INDEX letter_reader_state ON letter_reader (cop_id, state, voice_id);
CREATE INDEX letter_reader_voice ON letter_reader (voice_id);

-- The letters of a COP. state: draft, sending, sent. since says what «depuis la
-- dernière lettre» holds, kept in auto when it leaves. last is the voice that got it
-- last, sent how many did.
CREATE TABLE letter (
    id      TEXT   NOT NULL PRIMARY KEY,
    rev     BIGINT NOT NULL,
    cop_id  TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    title   TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    auto    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    last    TEXT   NOT NULL,
    sent    BIGINT NOT NULL
);
CREATE INDEX letter_cop ON letter (cop_id, sent_at, id);
CREATE TABLE letter_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- +goose Down
DROP TABLE letter_version; DROP TABLE letter; DROP TABLE letter_reader; DROP TABLE follow_news_subject; DROP TABLE follow_news; DROP TABLE follow;
