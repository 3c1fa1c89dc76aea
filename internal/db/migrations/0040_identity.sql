-- +goose Up

-- Who an OpenID Connect provider says that an account is: its sub, which stays
-- when the address changes. A person may come under several.
CREATE TABLE identity (
    issuer  TEXT   NOT NULL,
    sub     TEXT   NOT NULL,
    account TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (issuer, sub)
);
CREATE INDEX identity_account ON identity (account, issuer);

-- The provider that a session came by, and what ends it there too.
ALTER TABLE session ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN id_token TEXT NOT NULL DEFAULT '';

-- When somebody last signed in, and when they were told that their account
-- would be erased: what retention reads.
ALTER TABLE account ADD COLUMN signed_in_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN warned_at BIGINT NULL;
UPDATE account SET signed_in_at = COALESCE((SELECT MAX(at) FROM journal WHERE actor = account.id AND verb = 'sign-in'), created_at);
CREATE INDEX account_signed_in ON account (signed_in_at, id) WHERE state = 'active';

-- When to receive each kind of message. The single choice of account.notify
-- stays what a kind without a row follows.
CREATE TABLE notice (
    account TEXT NOT NULL,
    kind    TEXT NOT NULL,
    choice  TEXT NOT NULL,
    PRIMARY KEY (account, kind)
);
INSERT INTO notice (account, kind, choice) SELECT id, 'tasks', notify FROM account WHERE state = 'active';
INSERT INTO notice (account, kind, choice) SELECT id, 'news', notify FROM account WHERE state = 'active';
INSERT INTO notice (account, kind, choice) SELECT id, 'reminders', notify FROM account WHERE state = 'active';
CREATE INDEX sign_in_expires ON sign_in (expires_at);

-- +goose Down
DROP INDEX sign_in_expires;
DROP TABLE notice;
DROP INDEX account_signed_in;
ALTER TABLE account DROP COLUMN warned_at;
ALTER TABLE account DROP COLUMN signed_in_at;
ALTER TABLE session DROP COLUMN id_token;
ALTER TABLE session DROP COLUMN issuer;
DROP TABLE identity;
