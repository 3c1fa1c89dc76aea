-- +goose Up

-- A filter of the register that somebody keeps under a name: their own, or shared with
-- the team of their COP. query is the filter as the address holds it.
CREATE TABLE action_view (
    id     TEXT    NOT NULL PRIMARY KEY,
    rev    BIGINT  NOT NULL,
    cop_id TEXT    NOT NULL,
    person TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    query  TEXT    NOT NULL,
    shared BOOLEAN NOT NULL,
    at     BIGINT  NOT NULL,
    ended_at BIGINT NULL
);
CREATE INDEX action_view_cop ON action_view (cop_id, person, name);

-- The documents that were ever joined to an action: its versions keep those that were
-- taken off, so no file that another room throws away is one of them.
CREATE TABLE action_file (
    action_id TEXT NOT NULL,
    sha256    TEXT NOT NULL REFERENCES blob (sha256),
    PRIMARY KEY (action_id, sha256)
);
CREATE INDEX action_file_sha256 ON action_file (sha256);

-- What an action brings to all its levers, in kg of CO2e per year in 2030: boards sum it.
ALTER TABLE action ADD COLUMN kg BIGINT NULL;

-- Whether its budget and its funding are kept from who reads only what is public.
ALTER TABLE action ADD COLUMN budget_hidden BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE action ADD COLUMN funding_hidden BOOLEAN NOT NULL DEFAULT FALSE;

-- Lists and boards find and sum in these alone; whole rows, with their body, are read by
-- the page.
CREATE INDEX action_title ON action (sort, id);
CREATE INDEX action_changed ON action (changed DESC, id);
CREATE INDEX action_cop_changed ON action (cop_id, changed DESC, id);
CREATE INDEX action_cop_board ON action (cop_id, state, kind, lever, department, status, phase, theme, step, region, holder_org, author, cycle, invest, budget_hidden, kg, id);
CREATE INDEX action_board ON action (id, state, cop_id, kind, lever, department, status, phase, theme, step, region, holder_org, author, cycle, sort, changed, invest, budget_hidden, kg);

-- +goose Down
DROP INDEX action_board; DROP INDEX action_cop_board; DROP INDEX action_cop_changed; DROP INDEX action_changed; DROP INDEX action_title; ALTER TABLE action DROP COLUMN funding_hidden; ALTER TABLE action DROP COLUMN budget_hidden; ALTER TABLE action DROP COLUMN kg;
DROP TABLE action_file; DROP TABLE action_view;
