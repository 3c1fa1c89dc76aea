-- +goose Up

-- Contributions grouped by their words. A grouping is one run of it, kept; alone is how
-- many texts have no theme. A set says which grouping a COP shows.
CREATE TABLE debate_theme_set (
    cop_id      TEXT   NOT NULL PRIMARY KEY,
    rev         BIGINT NOT NULL,
    grouping_id TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    texts       BIGINT NOT NULL
);
CREATE TABLE debate_grouping (
    id     TEXT   NOT NULL PRIMARY KEY,
    cop_id TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    texts  BIGINT NOT NULL,
    alone  BIGINT NOT NULL
);
CREATE INDEX debate_grouping_cop ON debate_grouping (cop_id, at, id);

-- A theme lives from one grouping to the next. name is what the team calls it, empty
-- while it has only its words.
CREATE TABLE debate_theme (
    id     TEXT   NOT NULL PRIMARY KEY,
    rev    BIGINT NOT NULL,
    cop_id TEXT   NOT NULL,
    name   TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX debate_theme_cop ON debate_theme (cop_id, id);
CREATE TABLE debate_theme_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- What a theme is in a grouping: its place, its words apart by spaces, how many texts.
CREATE TABLE debate_theme_run (
    grouping_id TEXT   NOT NULL,
    theme_id    TEXT   NOT NULL,
    n           BIGINT NOT NULL,
    words       TEXT   NOT NULL,
    texts       BIGINT NOT NULL,
    PRIMARY KEY (grouping_id, theme_id)
);

-- The texts of a theme, the most typical first. Only those of the grouping that is
-- shown are kept.
CREATE TABLE debate_theme_text (
    grouping_id TEXT   NOT NULL,
    theme_id    TEXT   NOT NULL,
    n           BIGINT NOT NULL,
    post_id     TEXT   NOT NULL,
    PRIMARY KEY (grouping_id, theme_id, n)
);

-- +goose Down
DROP TABLE debate_theme_text; DROP TABLE debate_theme_run; DROP TABLE debate_theme_version; DROP TABLE debate_theme; DROP TABLE debate_grouping; DROP TABLE debate_theme_set;
