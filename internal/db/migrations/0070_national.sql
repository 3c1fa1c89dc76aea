-- +goose Up

-- What each metric of the board said of each COP at the end of a day, written
-- once by the job of the night: the first row of a day stands. value is NULL
-- with its reason when there was none; whole is the denominator of a rate; text
-- is a stage or a date. definition is the version of what the metric counted.
CREATE TABLE metric_day (
    cop_id     TEXT   NOT NULL,
    metric     TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    value      BIGINT NULL,
    whole      BIGINT NULL,
    text       TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    definition BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (cop_id, metric, day)
);
CREATE INDEX metric_day_day ON metric_day (day, metric, cop_id);

-- The nights that were written, whatever they held: a night without a row here
-- was missed.
CREATE TABLE metric_night (
    cycle TEXT    NOT NULL,
    day   TEXT    NOT NULL,
    late  BOOLEAN NOT NULL,
    at    BIGINT  NOT NULL,
    PRIMARY KEY (cycle, day)
);

-- Figures from before Jalon, entered once with who said them, when and of what.
-- They stand beside counted ones and are in no sum.
CREATE TABLE declared_figure (
    id           TEXT             NOT NULL PRIMARY KEY,
    rev          BIGINT           NOT NULL,
    metric       TEXT             NOT NULL,
    name         TEXT             NOT NULL,
    value        DOUBLE PRECISION NOT NULL,
    as_published TEXT             NOT NULL,
    unit         TEXT             NOT NULL,
    day          TEXT             NOT NULL,
    scope        TEXT             NOT NULL,
    source       TEXT             NOT NULL,
    url          TEXT             NOT NULL,
    state        TEXT             NOT NULL
);
CREATE TABLE declared_figure_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- The day a person last read the board, and the one before it.
CREATE TABLE board_visit (
    person   TEXT NOT NULL PRIMARY KEY,
    day      TEXT NOT NULL,
    previous TEXT NOT NULL
);

-- +goose Down
DROP TABLE board_visit; DROP TABLE declared_figure_version; DROP TABLE declared_figure; DROP TABLE metric_night; DROP TABLE metric_day;
