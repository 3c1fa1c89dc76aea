-- +goose Up

-- Plans that territories adopted. region and department are where a plan is read
-- and edited; department is empty for a plan of a region, or of several.
CREATE TABLE plan (
    id         TEXT   NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    territory  TEXT   NOT NULL,
    region     TEXT   NOT NULL,
    department TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    adopted    TEXT   NOT NULL,
    from_year  BIGINT NOT NULL,
    to_year    BIGINT NOT NULL,
    link       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    source     TEXT   NOT NULL
);
CREATE INDEX plan_region ON plan (region, kind, id);
CREATE TABLE plan_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What a plan aims at. A base that is NULL is not in the plan; written is the
-- target as the plan writes it.
CREATE TABLE plan_objective (
    id          TEXT             NOT NULL PRIMARY KEY,
    rev         BIGINT           NOT NULL,
    plan        TEXT             NOT NULL,
    lever       TEXT             NOT NULL,
    indicator   TEXT             NOT NULL,
    gain        BOOLEAN          NOT NULL,
    base_year   BIGINT           NOT NULL,
    base        DOUBLE PRECISION NULL,
    target_year BIGINT           NOT NULL,
    target      DOUBLE PRECISION NOT NULL,
    unit        TEXT             NOT NULL,
    written     TEXT             NOT NULL,
    page        TEXT             NOT NULL,
    state       TEXT             NOT NULL
);
CREATE INDEX plan_objective_plan ON plan_objective (plan, lever, id);
CREATE TABLE plan_objective_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- +goose Down
DROP TABLE plan_objective_version; DROP TABLE plan_objective; DROP TABLE plan_version; DROP TABLE plan;
