-- +goose Up

-- What the people of a COP say of a passage of a draft roadmap, before it is adopted:
-- who reads the draft reads it, and it is never public. quote is the passage as it was
-- read, for it may change. state: open, answered.
CREATE TABLE roadmap_comment (
    id             TEXT   NOT NULL PRIMARY KEY,
    rev            BIGINT NOT NULL,
    cop_id         TEXT   NOT NULL,
    composition_id TEXT   NOT NULL,
    block_id       TEXT   NOT NULL,
    paragraph      BIGINT NOT NULL, -- from 1, in the block
    quote          TEXT   NOT NULL,
    author         TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    text           TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    answer         TEXT   NOT NULL,
    answered_by    TEXT   NOT NULL,
    answered_at    BIGINT NULL
);
CREATE INDEX roadmap_comment_of ON roadmap_comment (composition_id, block_id, paragraph, id);

-- +goose Down

DROP TABLE roadmap_comment;
