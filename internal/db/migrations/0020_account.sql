-- +goose Up

CREATE TABLE account (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    email      TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    notify     TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE account_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- A link that was asked for, and its code: both hashed, both for one use.
CREATE TABLE sign_in (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    code_hash  TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    next       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    used_at    BIGINT NULL
);
CREATE INDEX sign_in_account ON sign_in (account, at);

CREATE TABLE session (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    id         TEXT   NOT NULL UNIQUE,
    account    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    agent      TEXT   NOT NULL
);
CREATE INDEX session_account ON session (account, id);

-- Who holds which role over what. Ended, never removed: acts stay explained.
CREATE TABLE role_grant (
    id         TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    scope_kind TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    granted_by TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    ended_at   BIGINT NULL,
    ended_by   TEXT   NULL
);
CREATE INDEX role_grant_account ON role_grant (account, id);
CREATE INDEX role_grant_scope ON role_grant (scope_kind, scope, id);

-- How many times something was tried within a window: sign-in, by address and
-- by machine. Keys are hashes.
CREATE TABLE attempt (
    name      TEXT   NOT NULL,
    win       BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    PRIMARY KEY (name, win)
);

-- +goose Down
DROP TABLE attempt; DROP TABLE role_grant; DROP TABLE session; DROP TABLE sign_in; DROP TABLE account_version; DROP TABLE account;
