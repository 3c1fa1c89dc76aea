-- +goose Up

-- An edition of observations is seen only once it is published: its rows come
-- in by short transactions, then this one row shows them all at once.
CREATE TABLE published_edition (
    id TEXT   NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE published_edition;
