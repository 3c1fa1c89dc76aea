-- +goose Up

-- How one comes to a meeting: a row once somebody said it or came. mode: none, open,
-- invited. taken and waiting count seats of the room; line numbers those who came to
-- the waiting list. door is the code of the entrance, empty for none. heads is a plain
-- count of people in the room, colleges what it was made of (JSON), empty when nobody
-- counted them.
CREATE TABLE meeting_entry (
    meeting_id TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    cop_id     TEXT   NOT NULL,
    mode       TEXT   NOT NULL,
    capacity   BIGINT,
    opens_on   TEXT   NOT NULL,
    closes_on  TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    reminders  TEXT   NOT NULL,
    taken      BIGINT NOT NULL,
    waiting    BIGINT NOT NULL,
    line       BIGINT NOT NULL,
    door       TEXT   NOT NULL,
    heads      BIGINT,
    colleges   TEXT   NOT NULL
);
CREATE UNIQUE INDEX meeting_entry_door ON meeting_entry (door) WHERE door <> '';
CREATE TABLE meeting_entry_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- A registration, once for each voice. state: unconfirmed, confirmed, waiting,
-- cancelled. seated tells that it takes a seat of the room. place is its number on the
-- waiting list. authority is the territory of its organisation (commune:67482) when that
-- is an authority.
CREATE TABLE meeting_seat (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        BIGINT  NOT NULL,
    cop_id     TEXT    NOT NULL,
    meeting_id TEXT    NOT NULL,
    voice_id   TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    org        TEXT    NOT NULL,
    org_name   TEXT    NOT NULL,
    authority  TEXT    NOT NULL,
    college    TEXT    NOT NULL,
    territory  TEXT    NOT NULL,
    needs      TEXT    NOT NULL,
    remote     BOOLEAN NOT NULL,
    seated     BOOLEAN NOT NULL,
    place      BIGINT  NOT NULL,
    at         BIGINT  NOT NULL,
    UNIQUE (meeting_id, voice_id)
);
CREATE INDEX meeting_seat_list ON meeting_seat (meeting_id, state, place, name_key, id);
CREATE INDEX meeting_seat_voice ON meeting_seat (voice_id, meeting_id);

-- Somebody who came: by the list, the code at the door (device is the browser that
-- read it), or added on the spot. who says that it is the same person from one meeting
-- to another. gone_at tells that it was a mistake.
CREATE TABLE meeting_presence (
    id         TEXT   NOT NULL PRIMARY KEY,
    cop_id     TEXT   NOT NULL,
    meeting_id TEXT   NOT NULL,
    voice_id   TEXT   NOT NULL,
    device     TEXT   NOT NULL,
    who        TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    org        TEXT   NOT NULL,
    org_name   TEXT   NOT NULL,
    authority  TEXT   NOT NULL,
    college    TEXT   NOT NULL,
    territory  TEXT   NOT NULL,
    how        TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    by         TEXT   NOT NULL,
    gone_at    BIGINT
);
CREATE UNIQUE INDEX meeting_presence_voice ON meeting_presence (meeting_id, voice_id) WHERE voice_id <> '';
CREATE UNIQUE INDEX meeting_presence_device ON meeting_presence (meeting_id, device) WHERE device <> '';
CREATE INDEX meeting_presence_list ON meeting_presence (meeting_id, at, id);
CREATE INDEX meeting_presence_cop ON meeting_presence (cop_id, meeting_id);
CREATE INDEX meeting_presence_by_voice ON meeting_presence (voice_id, meeting_id);

-- Who was invited, once for each address.
CREATE TABLE meeting_invite (
    meeting_id TEXT   NOT NULL,
    email      TEXT   NOT NULL,
    cop_id     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    org        TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    by         TEXT   NOT NULL,
    PRIMARY KEY (meeting_id, email)
);
CREATE INDEX meeting_day ON meeting (day, state);

-- +goose Down
DROP INDEX meeting_day;
DROP TABLE meeting_invite; DROP TABLE meeting_presence; DROP TABLE meeting_seat; DROP TABLE meeting_entry_version; DROP TABLE meeting_entry;
