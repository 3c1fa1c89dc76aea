-- +goose Up

-- Authorities, State services, operators, associations… code is the permanent
-- id: «commune-67482» for what the tree and the tables bring, a made one for
-- what a team adds. origin says which: tree, table, team. territory is the land
-- of an authority when it is one territory. What an edition of the tree knows
-- no more is gone, never removed.
CREATE TABLE organisation (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    name_fold  TEXT   NOT NULL,
    sort_key   TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    label      TEXT   NOT NULL,
    capacities TEXT   NOT NULL,
    territory  TEXT   NOT NULL,
    siren      TEXT   NOT NULL,
    region     TEXT   NOT NULL,
    department TEXT   NOT NULL,
    contact    TEXT   NOT NULL,
    origin     TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    gone_at    BIGINT NULL
);
CREATE INDEX organisation_sort ON organisation (sort_key, id);
CREATE INDEX organisation_region ON organisation (region, sort_key, id);
CREATE INDEX organisation_department ON organisation (department, sort_key, id);
CREATE INDEX organisation_kind ON organisation (kind, sort_key, id);
CREATE INDEX organisation_siren ON organisation (siren);
-- Two people who add the same one at once: the second is told.
CREATE UNIQUE INDEX organisation_made_siren ON organisation (siren) WHERE origin = 'team' AND state = 'active' AND siren <> '';
CREATE INDEX organisation_territory ON organisation (territory);
CREATE TABLE organisation_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Where an organisation decides besides its home: EPCI over two regions or two
-- départements. scale is region or department.
CREATE TABLE organisation_reach (
    organisation TEXT NOT NULL,
    scale        TEXT NOT NULL,
    code         TEXT NOT NULL,
    PRIMARY KEY (organisation, scale, code)
);
CREATE INDEX organisation_reach_code ON organisation_reach (scale, code, organisation);

-- Which edition of the tree and of the table the rows come from: one row.
CREATE TABLE organisation_edition (
    id      TEXT   NOT NULL PRIMARY KEY,
    edition TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- A person in an organisation: ended, never removed.
CREATE TABLE membership (
    id           TEXT    NOT NULL PRIMARY KEY,
    rev          BIGINT  NOT NULL,
    account      TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    contact      BOOLEAN NOT NULL,
    added_by     TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    ended_at     BIGINT  NULL,
    ended_by     TEXT    NULL
);
CREATE UNIQUE INDEX membership_now ON membership (account, organisation) WHERE ended_at IS NULL;
CREATE INDEX membership_account ON membership (account, id);
CREATE INDEX membership_organisation ON membership (organisation, id);
CREATE TABLE membership_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What an applied run of invitations brought that was not there: a role or a
-- membership. Its mails are made from these rows.
CREATE TABLE invitation (
    run     TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (run, subject)
);
CREATE INDEX invitation_account ON invitation (run, account, subject);

-- Everything that somebody held, given to somebody else in one act.
CREATE TABLE transfer (
    id           TEXT   NOT NULL PRIMARY KEY,
    from_account TEXT   NOT NULL,
    to_account   TEXT   NOT NULL,
    by           TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    day          TEXT   NOT NULL,
    reason       TEXT   NOT NULL
);
CREATE INDEX transfer_from ON transfer (from_account, id);
CREATE INDEX transfer_to ON transfer (to_account, id);

-- +goose Down
DROP TABLE transfer; DROP TABLE invitation; DROP TABLE membership_version; DROP TABLE membership; DROP TABLE organisation_edition;
DROP TABLE organisation_reach; DROP TABLE organisation_version; DROP TABLE organisation;
