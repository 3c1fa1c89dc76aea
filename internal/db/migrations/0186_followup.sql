-- +goose Up

-- A round of updates: a COP asks the holders of its retained actions where they stand,
-- over a period. state: draft, open, closed. fallback holds, as JSON, whom an action is
-- asked of when the one before does not answer, and after how many days.
CREATE TABLE followup_round (
    id        TEXT   NOT NULL PRIMARY KEY,
    rev       BIGINT NOT NULL,
    cop_id    TEXT   NOT NULL,
    region    TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    period    TEXT   NOT NULL, -- the day that answers speak of
    opens_on  TEXT   NOT NULL,
    closes_on TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    note      TEXT   NOT NULL, -- word of the team to holders
    fallback  TEXT   NOT NULL
);
CREATE INDEX followup_round_cop ON followup_round (cop_id, period, id);
CREATE TABLE followup_round_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What is asked of one person about one action in a round, once. rank is the place in
-- the chain (1: the holder's contact). state: waiting, sent, answered, refused, bounced,
-- passed (the next one is asked), closed. The link of the mail is kept as a digest.
CREATE TABLE followup_ask (
    id          TEXT   NOT NULL PRIMARY KEY,
    round_id    TEXT   NOT NULL,
    cop_id      TEXT   NOT NULL,
    action_id   TEXT   NOT NULL,
    rank        BIGINT NOT NULL,
    role        TEXT   NOT NULL, -- contact, author, holder, lead, team
    name        TEXT   NOT NULL,
    email       TEXT   NOT NULL,
    person      TEXT   NOT NULL,
    token_hash  TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    sent_at     BIGINT NULL,
    reminded_at BIGINT NULL,
    ended_at    BIGINT NULL,
    UNIQUE (round_id, action_id, rank)
);
CREATE INDEX followup_ask_token ON followup_ask (token_hash);
CREATE INDEX followup_ask_round ON followup_ask (round_id, state, action_id);

-- Where an action stood on a day, as somebody said it: append-only, a later row corrects
-- an earlier one. origin: holder (by a personal link or their account), team, import.
-- The body holds all that was said as JSON (followup.Said); the columns are made from
-- it. standing: current (the last word for its day), superseded, withdrawn.
CREATE TABLE followup_update (
    id        TEXT   NOT NULL PRIMARY KEY,
    cop_id    TEXT   NOT NULL,
    region    TEXT   NOT NULL,
    action_id TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    day       TEXT   NOT NULL, -- the day that it speaks of
    at        BIGINT NOT NULL,
    by        TEXT   NOT NULL, -- a person, or empty for a personal link
    said_by   TEXT   NOT NULL, -- the name given, shown to the team
    origin    TEXT   NOT NULL,
    ask_id    TEXT   NOT NULL,
    standing  TEXT   NOT NULL,
    progress  BIGINT NULL,     -- 0 to 100
    status    TEXT   NOT NULL, -- of action.Statuses
    spent     BIGINT NULL,     -- cents since the start
    blocked   TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    UNIQUE (action_id, seq)
);
CREATE INDEX followup_update_cop ON followup_update (cop_id, standing, day);
CREATE INDEX followup_update_action ON followup_update (action_id, standing, day);

-- The quantities of an update, one a lever. class: observed, declared, estimated; the
-- three are never added. kg is the quantity by the factor of the action's impact.
CREATE TABLE followup_quantity (
    update_id TEXT             NOT NULL,
    cop_id    TEXT             NOT NULL,
    region    TEXT             NOT NULL,
    action_id TEXT             NOT NULL,
    lever     TEXT             NOT NULL,
    day       TEXT             NOT NULL,
    quantity  DOUBLE PRECISION NOT NULL,
    unit      TEXT             NOT NULL,
    class     TEXT             NOT NULL,
    kg        BIGINT           NULL,
    standing  TEXT             NOT NULL,
    PRIMARY KEY (update_id, lever)
);
CREATE INDEX followup_quantity_cop ON followup_quantity (cop_id, standing, lever, class, day);

-- +goose Down
DROP TABLE followup_quantity; DROP TABLE followup_update; DROP TABLE followup_ask; DROP TABLE followup_round_version; DROP TABLE followup_round;
