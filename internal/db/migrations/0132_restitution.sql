-- +goose Up

-- What a region published of its answers: an edition is frozen when it is
-- proposed to both heads, and published with their second word. body holds the
-- packed answers of the day, without whose they are, in an order that says
-- nothing. state: proposed, published, withdrawn.
CREATE TABLE restitution (
    id           TEXT   NOT NULL PRIMARY KEY,
    campaign_id  TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    cop_id       TEXT   NOT NULL,
    region       TEXT   NOT NULL,
    cycle        TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    day          TEXT   NOT NULL,
    published_on TEXT   NOT NULL,
    answers      BIGINT NOT NULL,
    act          TEXT   NOT NULL,
    by           TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    sha256       TEXT   NOT NULL,
    body         BYTEA  NOT NULL,
    UNIQUE (campaign_id, seq)
);
CREATE INDEX restitution_cycle ON restitution (cycle, state, region, seq);

-- +goose Down
DROP TABLE restitution;
