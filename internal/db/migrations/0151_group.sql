-- +goose Up

-- The working groups of a COP, in a tree. kind is that of a body that existed before,
-- empty for a group made for the COP. themes, levers, departments and perimeters are
-- codes and ids with spaces between. part: public, internal (its members and what it
-- does are its own). state: active, closed.
CREATE TABLE working_group (
    id             TEXT   NOT NULL PRIMARY KEY,
    rev            BIGINT NOT NULL,
    cop_id         TEXT   NOT NULL,
    parent         TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    name_fold      TEXT   NOT NULL,
    mandate        TEXT   NOT NULL,
    expected       TEXT   NOT NULL,
    until_day      TEXT   NOT NULL,
    rule           TEXT   NOT NULL,
    themes         TEXT   NOT NULL,
    levers         TEXT   NOT NULL,
    departments    TEXT   NOT NULL,
    perimeters     TEXT   NOT NULL,
    secretariat    TEXT   NOT NULL,
    contact        TEXT   NOT NULL,
    part           TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    closed_on      TEXT   NOT NULL,
    closed_reason  TEXT   NOT NULL,
    at             BIGINT NOT NULL
);
CREATE UNIQUE INDEX working_group_name ON working_group (cop_id, name_fold) WHERE state = 'active';
CREATE INDEX working_group_parent ON working_group (parent, id);
CREATE TABLE working_group_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- Who sits in a group: a person, an organisation, or a person for an organisation.
-- org is an organisation of the accounts, empty when it was only typed. seat: member,
-- substitute. shown tells that the person agreed that their name be public.
CREATE TABLE working_group_member (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        BIGINT  NOT NULL,
    cop_id     TEXT    NOT NULL,
    group_id   TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    email      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    org        TEXT    NOT NULL,
    org_name   TEXT    NOT NULL,
    college    TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    seat       TEXT    NOT NULL,
    department TEXT    NOT NULL,
    shown      BOOLEAN NOT NULL,
    from_day   TEXT    NOT NULL,
    until_day  TEXT    NOT NULL,
    at         BIGINT  NOT NULL
);
CREATE INDEX working_group_member_group ON working_group_member (group_id, id);
CREATE INDEX working_group_member_cop ON working_group_member (cop_id, college, department);
CREATE INDEX working_group_member_account ON working_group_member (account);
CREATE INDEX working_group_member_email ON working_group_member (email);
CREATE UNIQUE INDEX working_group_member_once ON working_group_member (group_id, email) WHERE email <> '' AND until_day = '';

-- +goose Down
DROP TABLE working_group_member; DROP TABLE working_group_version; DROP TABLE working_group;
