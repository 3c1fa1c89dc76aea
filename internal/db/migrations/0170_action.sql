-- +goose Up

-- The actions of a COP. body is the whole action as its last version says it; the other
-- columns are made from it again at each change. kind: sectoral, cross. state: draft,
-- proposed, qualified, debated, retaining, retained, pool, merged, withdrawn. starts and
-- ends are a year, a month or a day, as text; first_year and last_year are read from
-- them, 0 when they are not there. Money is in cents, NULL when it is missing. sort is
-- made from the title in Go. origin names what an import made it from, NULL otherwise.
CREATE TABLE action (
    id          TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    cop_id      TEXT   NOT NULL,
    cycle       TEXT   NOT NULL,
    region      TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    pool_state  TEXT   NOT NULL,
    author      TEXT   NOT NULL,
    origin      TEXT   NULL,
    title       TEXT   NOT NULL,
    sort        TEXT   NOT NULL,
    theme       TEXT   NOT NULL,
    cross_theme TEXT   NOT NULL,
    lever       TEXT   NOT NULL,
    holder_org  TEXT   NOT NULL,
    holder      TEXT   NOT NULL,
    department  TEXT   NOT NULL,
    step        TEXT   NOT NULL,
    phase       TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    starts      TEXT   NOT NULL,
    ends        TEXT   NOT NULL,
    first_year  BIGINT NOT NULL,
    last_year   BIGINT NOT NULL,
    invest      BIGINT NULL,
    operation   BIGINT NULL,
    funded      BIGINT NULL,
    complete    BIGINT NOT NULL,
    merged_into TEXT   NOT NULL,
    list_id     TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    UNIQUE (cop_id, seq),
    UNIQUE (cop_id, origin)
);
CREATE INDEX action_sort ON action (cop_id, sort, id);
CREATE INDEX action_state ON action (cop_id, state, id);
CREATE INDEX action_lever_state ON action (lever, state, id);
CREATE INDEX action_org ON action (holder_org, id);
CREATE INDEX action_list ON action (list_id);
CREATE INDEX action_merged ON action (merged_into);
CREATE TABLE action_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What an action is found by, made from its body.
CREATE TABLE action_lever (
    action_id TEXT    NOT NULL,
    lever     TEXT    NOT NULL,
    central   BOOLEAN NOT NULL,
    PRIMARY KEY (action_id, lever)
);
CREATE INDEX action_lever_lever ON action_lever (lever, action_id);
CREATE TABLE action_place (
    action_id TEXT   NOT NULL,
    territory TEXT   NOT NULL,
    share     BIGINT NULL,
    PRIMARY KEY (action_id, territory)
);
CREATE INDEX action_place_territory ON action_place (territory, action_id);
CREATE TABLE action_relation (
    action_id TEXT NOT NULL,
    other     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    PRIMARY KEY (action_id, other, kind)
);
CREATE INDEX action_relation_other ON action_relation (other);
CREATE TABLE action_word (
    word      TEXT NOT NULL,
    action_id TEXT NOT NULL,
    PRIMARY KEY (word, action_id)
);
CREATE INDEX action_word_action ON action_word (action_id);

-- What an action brings to a lever, in kg of CO2e per year in 2030 against 2019, NULL
-- when it is not quantified. class: quantified, qualitative, unassessed. cop_id, state,
-- status and first_year are those of the action, so that sums are read from here alone.
-- outside: it began before the last observed year and somebody showed that the series
-- does not hold it. counted: the part that counts, in ten-thousandths, less than whole
-- when the same thing is declared twice.
CREATE TABLE action_impact (
    action_id  TEXT             NOT NULL,
    lever      TEXT             NOT NULL,
    cop_id     TEXT             NOT NULL,
    state      TEXT             NOT NULL,
    status     TEXT             NOT NULL,
    first_year BIGINT           NOT NULL,
    class      TEXT             NOT NULL,
    quantity   DOUBLE PRECISION NULL,
    unit       TEXT             NOT NULL,
    gross      BOOLEAN          NOT NULL,
    outside    BOOLEAN          NOT NULL,
    kg         BIGINT           NULL,
    kg_low     BIGINT           NULL,
    kg_high    BIGINT           NULL,
    counted    BIGINT           NOT NULL,
    PRIMARY KEY (action_id, lever)
);
CREATE INDEX action_impact_cop ON action_impact (cop_id, state, lever);

-- +goose Down
DROP TABLE action_impact; DROP TABLE action_word; DROP TABLE action_relation; DROP TABLE action_place; DROP TABLE action_lever; DROP TABLE action_version; DROP TABLE action;
