-- +goose Up

-- Who speaks in the debate of a COP: an address, with an account or without one.
-- What they sign with is kept with each thing that they leave. state: waiting (the
-- address was typed, nobody confirmed it), confirmed, erased. notify: each, digest,
-- none. org is an organisation of the accounts, empty when it was only typed.
CREATE TABLE debate_voice (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    cop_id       TEXT   NOT NULL,
    email        TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    org          TEXT   NOT NULL,
    org_name     TEXT   NOT NULL,
    college      TEXT   NOT NULL,
    territory    TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    notify       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    confirmed_at BIGINT,
    UNIQUE (cop_id, email)
);
CREATE INDEX debate_voice_account ON debate_voice (account);

-- A link that confirms one thing left under an address: used once, before it expires.
CREATE TABLE debate_confirmation (
    hash       TEXT   NOT NULL PRIMARY KEY,
    cop_id     TEXT   NOT NULL,
    voice_id   TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    thing      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX debate_confirmation_voice ON debate_confirmation (voice_id);

-- What people write in the debate: contributions, comments, statements of a debate,
-- amendments to a draft. What each kind holds besides stands in the table of its room.
-- parent is what it hangs from. state: draft, unconfirmed, waiting, published, refused,
-- hidden, merged, withdrawn. signed is the name that is shown. supports and comments are counters.
CREATE TABLE debate_post (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    cop_id       TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    parent       TEXT   NOT NULL,
    voice_id     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    speaker      TEXT   NOT NULL,
    signed       TEXT   NOT NULL,
    theme        TEXT   NOT NULL,
    lever        TEXT   NOT NULL,
    territory    TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    supports     BIGINT NOT NULL,
    comments     BIGINT NOT NULL
);
CREATE INDEX debate_post_new ON debate_post (cop_id, kind, state, published_at, id);
CREATE INDEX debate_post_queue ON debate_post (cop_id, state, at, id);
CREATE INDEX debate_post_parent ON debate_post (parent, kind, state, published_at, id);
CREATE INDEX debate_post_voice ON debate_post (voice_id, at, id);
CREATE TABLE debate_post_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Links between things of different rooms, read both ways. ended_at tells that
-- somebody took it back.
CREATE TABLE link (
    id        TEXT   NOT NULL PRIMARY KEY,
    cop_id    TEXT   NOT NULL,
    from_kind TEXT   NOT NULL,
    from_id   TEXT   NOT NULL,
    to_kind   TEXT   NOT NULL,
    to_id     TEXT   NOT NULL,
    by        TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    ended_at  BIGINT
);
CREATE UNIQUE INDEX link_one ON link (from_kind, from_id, to_kind, to_id) WHERE ended_at IS NULL;
CREATE INDEX link_back ON link (to_kind, to_id);

-- A meeting may be that of a working group, in a département, and may be joined from
-- afar.
ALTER TABLE meeting ADD COLUMN group_id TEXT NOT NULL DEFAULT '';
ALTER TABLE meeting ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE meeting ADD COLUMN join_url TEXT NOT NULL DEFAULT '';
CREATE INDEX meeting_group ON meeting (group_id, day, id);

-- +goose Down
DROP INDEX meeting_group;
ALTER TABLE meeting DROP COLUMN join_url;
ALTER TABLE meeting DROP COLUMN department;
ALTER TABLE meeting DROP COLUMN group_id;
DROP TABLE link; DROP TABLE debate_post_version; DROP TABLE debate_post; DROP TABLE debate_confirmation; DROP TABLE debate_voice;
