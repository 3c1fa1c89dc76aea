-- +goose Up

-- Mails to send, being sent and sent. state: waiting (for the digest of a day),
-- grouped (in the digest grouped_in), queued, sent, bounced, failed, expired.
-- letter is JSON; it is emptied once a mail that carries a secret has gone, and
-- with the addresses after the time that mails are kept: the name (dedup) stays
-- taken for ever. person is whom it is for, whoever reads it in their stead.
CREATE TABLE mail_outbox (
    id          TEXT    NOT NULL PRIMARY KEY,
    dedup       TEXT    NOT NULL UNIQUE,
    state       TEXT    NOT NULL,
    to_email    TEXT    NOT NULL,
    to_name     TEXT    NOT NULL DEFAULT '',
    person      TEXT    NOT NULL DEFAULT '',
    from_name   TEXT    NOT NULL DEFAULT '',
    reply_to    TEXT    NOT NULL DEFAULT '',
    letter      TEXT    NOT NULL,
    unsubscribe TEXT    NOT NULL DEFAULT '',
    secret      BOOLEAN NOT NULL DEFAULT FALSE,
    cop_id      TEXT    NOT NULL DEFAULT '',
    day         TEXT    NOT NULL DEFAULT '',
    grouped_in  TEXT    NOT NULL DEFAULT '',
    at          BIGINT  NOT NULL,
    expires_at  BIGINT  NULL,
    sent_at     BIGINT  NULL,
    error       TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX mail_outbox_state ON mail_outbox (state, id);
CREATE INDEX mail_outbox_digest ON mail_outbox (to_email, day, id) WHERE state = 'waiting';
CREATE INDEX mail_outbox_group ON mail_outbox (grouped_in, id);
CREATE INDEX mail_outbox_kept ON mail_outbox (at, id) WHERE to_email <> '';
CREATE INDEX mail_outbox_expires ON mail_outbox (expires_at, id) WHERE state IN ('waiting', 'queued', 'failed');
CREATE INDEX mail_outbox_cop ON mail_outbox (cop_id, id);
CREATE INDEX mail_outbox_to ON mail_outbox (to_email, id);

-- Addresses that a server said do not exist; a mail that arrives removes it.
CREATE TABLE mail_bounce (
    email  TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    times  BIGINT NOT NULL,
    code   TEXT   NOT NULL,
    detail TEXT   NOT NULL DEFAULT ''
);

-- +goose Down
DROP TABLE mail_bounce;
DROP TABLE mail_outbox;
