-- +goose Up

-- What a priority of adaptation says beyond its title and text: the other fields of the
-- State's own sheet, as JSON. rev is the revision of the priority that wrote it: the two
-- move together, in one transaction, and the priority's own state freezes both.
CREATE TABLE adaptation_sheet (
    id     TEXT   NOT NULL PRIMARY KEY, -- of the priority
    rev    BIGINT NOT NULL,
    cop_id TEXT   NOT NULL,
    effect TEXT   NOT NULL,
    lever  TEXT   NOT NULL,
    level  TEXT   NOT NULL,
    body   TEXT   NOT NULL
);
CREATE INDEX adaptation_sheet_cop ON adaptation_sheet (cop_id, id);
CREATE TABLE adaptation_sheet_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- The warming that a source announces for a region that the national trajectory does not
-- cover, in tenths of a degree over what its source compares with.
CREATE TABLE adaptation_warming (
    region    TEXT   NOT NULL,
    year      BIGINT NOT NULL,
    tenths    BIGINT NOT NULL,
    reference TEXT   NOT NULL,
    source    TEXT   NOT NULL,
    address   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    by        TEXT   NOT NULL,
    PRIMARY KEY (region, year)
);

-- +goose Down
DROP TABLE adaptation_warming; DROP TABLE adaptation_sheet_version; DROP TABLE adaptation_sheet;
