-- +goose Up

-- What helps a lever at a step: the aim of the step, a typical action, a resource. region
-- is empty for the nation's. The ids of what comes with the program are its codes. kind:
-- aim, action, resource. state: active, withdrawn. audience: codes side by side. place:
-- the order within a step.
CREATE TABLE measure (
    id        TEXT   NOT NULL PRIMARY KEY,
    rev       BIGINT NOT NULL,
    region    TEXT   NOT NULL,
    lever     TEXT   NOT NULL,
    step      TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    audience  TEXT   NOT NULL,
    text      TEXT   NOT NULL,
    publisher TEXT   NOT NULL,
    link      TEXT   NOT NULL,
    reviewed  TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    author    TEXT   NOT NULL,
    place     BIGINT NOT NULL,
    at        BIGINT NOT NULL
);
CREATE INDEX measure_lever ON measure (lever, region, place, id);
CREATE INDEX measure_region ON measure (region, lever, place, id);
CREATE TABLE measure_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- +goose Down
DROP TABLE measure_version; DROP TABLE measure;
